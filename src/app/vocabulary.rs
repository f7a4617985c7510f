//! Reading a user's vocabulary from its file.

use std::path::Path;

use crate::doc::Problem;
use crate::lang::BadLine;
use crate::lang::Vocabulary;
use crate::source;

/// The vocabulary in the file at `path`, which may be packed and in any encoding that articles may be in.
///
/// # Errors
/// Why the file cannot be read, or every line that cannot be used.
pub fn vocabulary(path: &Path) -> Result<Vocabulary, Vec<Problem>> {
    let text = source::text(path).map_err(|problem| vec![problem])?;
    Vocabulary::parse(&text).map_err(|faults| {
        let problem =
            |BadLine { line, cause, hint }| Problem { hint: Some(hint), ..Problem::new(path, Some(line), cause) };
        faults.into_iter().map(problem).collect()
    })
}
