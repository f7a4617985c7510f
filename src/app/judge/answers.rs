//! The file of answers: qrels that grow by a line with every answer and are whole at any moment.
//!
//! Every answer writes the file anew beside the old one and renames it into place, so that neither a crash nor a full
//! disk can leave half of it. What is written is what the file has at that moment, with one line changed: lines that
//! somebody else has added meanwhile stay, and all lines stay as they were typed. Rejected: appending, which cannot take
//! an answer back, nor replace a grade of -1.

use std::ffi::OsString;
use std::fs;
use std::fs::File;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use rustc_hash::FxHashMap;

use crate::eval::EvalError;
use crate::eval::Qrels;

/// Judgements that are kept in a file.
#[derive(Debug)]
pub struct Answers {
    path: PathBuf,
    /// Where they are really written, if `path` is a link.
    target: PathBuf,
    grades: FxHashMap<(String, String), i32>,
    /// The judged pairs in the order of the file as it was opened.
    order: Vec<(String, String)>,
}

/// Why answers cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum AnswersError {
    /// The file cannot be read or written.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file holds something else than judgements.
    #[error("{}: {source}", .path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: EvalError,
    },
}

impl Answers {
    /// The answers in the file at `path`, which need not be there yet.
    ///
    /// # Errors
    /// When it cannot be read, is no qrels, or could not be written.
    pub fn open(path: &Path) -> Result<Self, AnswersError> {
        let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let mut answers = Self { path: path.to_owned(), target, grades: FxHashMap::default(), order: Vec::new() };
        let bytes = answers.read()?;
        match Qrels::parse(&bytes) {
            Ok(_) | Err(EvalError::Empty { .. }) => {}
            Err(source) => return Err(AnswersError::Form { path: path.to_owned(), source }),
        }
        // They are qrels, so every line that is not blank has these columns.
        for line in lines(&bytes) {
            if let [topic, _, doc, grade] = columns(line)[..]
                && let Some(grade) = grade.parse().ok().filter(|&grade: &i32| grade >= 0)
            {
                answers.grades.insert((topic.to_owned(), doc.to_owned()), grade);
                answers.order.push((topic.to_owned(), doc.to_owned()));
            }
        }
        // An answer that cannot be kept should not be asked for.
        let beside = answers.beside();
        File::create(&beside).and_then(|_| fs::remove_file(&beside)).map_err(|source| answers.io(source))?;
        Ok(answers)
    }

    /// The grade of a document; `None` where it has none or a negative one, which says that nobody has judged it.
    pub fn grade(&self, topic: &str, doc: &str) -> Option<i32> {
        self.grades.get(&(topic.to_owned(), doc.to_owned())).copied()
    }

    /// What was judged when the file was opened, (topic, document), in its order.
    pub fn in_order(&self) -> impl Iterator<Item = (&str, &str)> {
        self.order.iter().map(|(topic, doc)| (topic.as_str(), doc.as_str()))
    }

    /// Keeps a grade.
    ///
    /// # Errors
    /// When the file cannot be written; it is then as before.
    pub fn keep(&mut self, topic: &str, doc: &str, grade: i32) -> Result<(), AnswersError> {
        self.rewrite(topic, doc, Some(grade))?;
        self.grades.insert((topic.to_owned(), doc.to_owned()), grade);
        Ok(())
    }

    /// Takes a grade out again, and says what it was.
    ///
    /// # Errors
    /// When the file cannot be written; it is then as before.
    pub fn take_back(&mut self, topic: &str, doc: &str) -> Result<Option<i32>, AnswersError> {
        self.rewrite(topic, doc, None)?;
        Ok(self.grades.remove(&(topic.to_owned(), doc.to_owned())))
    }

    /// The file as it is now, with the line of one pair put last or left out.
    fn rewrite(&self, topic: &str, doc: &str, grade: Option<i32>) -> Result<(), AnswersError> {
        let old = self.read()?;
        let mut new = Vec::with_capacity(old.len() + 64);
        for line in lines(&old) {
            if !matches!(columns(line)[..], [its_topic, _, its_doc, ..] if its_topic == topic && its_doc == doc) {
                new.extend_from_slice(line);
                new.push(b'\n');
            }
        }
        if let Some(grade) = grade {
            new.extend_from_slice(format!("{topic} 0 {doc} {grade}\n").as_bytes());
        }
        self.write(&new).map_err(|source| self.io(source))
    }

    fn read(&self) -> Result<Vec<u8>, AnswersError> {
        match fs::read(&self.target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            read => read.map_err(|source| self.io(source)),
        }
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let beside = self.beside();
        let written = File::create(&beside).and_then(|mut file| {
            file.write_all(bytes)?;
            if let Ok(old) = fs::metadata(&self.target) {
                file.set_permissions(old.permissions())?;
            }
            file.sync_all()?;
            drop(file);
            fs::rename(&beside, &self.target)
        });
        if written.is_err() {
            let _ = fs::remove_file(&beside);
        }
        written?;
        // The rename is durable once the folder is; systems that cannot open a folder need no such step.
        let folder = self.target.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
            let _ = folder.sync_all();
        }
        Ok(())
    }

    /// The file that becomes the new one; what is left of it by a crash may be overwritten, so nobody else's may bear its
    /// name.
    fn beside(&self) -> PathBuf {
        let mut name = OsString::from(".");
        name.push(self.target.file_name().unwrap_or_default());
        name.push(".snotra-new");
        self.target.with_file_name(name)
    }

    fn io(&self, source: io::Error) -> AnswersError {
        AnswersError::Io { path: self.path.clone(), source }
    }
}

/// The lines without their ends; a last one that is empty is none.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let is_empty = bytes.is_empty();
    bytes.split(|&byte| byte == b'\n').filter(move |_| !is_empty)
}

/// What stands on a line between white space; nothing where it is no text.
fn columns(line: &[u8]) -> Vec<&str> {
    let text = std::str::from_utf8(line).unwrap_or_default();
    text.trim_start_matches('\u{feff}').split_ascii_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn file(text: Option<&str>) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("qrels.txt");
        if let Some(text) = text {
            fs::write(&path, text).unwrap();
        }
        (folder, path)
    }

    #[test]
    fn a_file_begins_with_the_first_answer() {
        let (folder, path) = file(None);
        let mut answers = Answers::open(&path).unwrap();
        assert!(!path.exists(), "nothing is written before there is an answer");
        answers.keep("1", "a", 2).unwrap();
        answers.keep("1", "b", 0).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "1 0 a 2\n1 0 b 0\n");
        assert_eq!((answers.grade("1", "a"), answers.grade("1", "c")), (Some(2), None));
        assert_eq!(answers.take_back("1", "a").unwrap(), Some(2));
        assert_eq!(answers.take_back("1", "a").unwrap(), None);
        assert_eq!(fs::read_to_string(&path).unwrap(), "1 0 b 0\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn what_was_there_stays_as_it_was_typed() {
        let (_folder, path) = file(Some("\u{feff}9\tX\tz  1\r\n\n1 0 a -1\n1 0 ab 3"));
        let mut answers = Answers::open(&path).unwrap();
        assert_eq!(answers.in_order().collect::<Vec<_>>(), [("9", "z"), ("1", "ab")]);
        assert_eq!(answers.grade("1", "a"), None, "a negative grade is no judgement");
        answers.keep("1", "a", 1).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "\u{feff}9\tX\tz  1\r\n\n1 0 ab 3\n1 0 a 1\n");
        Qrels::parse(&fs::read(&path).unwrap()).unwrap();
    }

    #[test]
    fn lines_that_others_add_meanwhile_are_kept() {
        let (_folder, path) = file(Some("1 0 a 1\n"));
        let mut answers = Answers::open(&path).unwrap();
        fs::write(&path, "1 0 a 1\n2 0 b 2\n").unwrap();
        answers.keep("3", "c", 0).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "1 0 a 1\n2 0 b 2\n3 0 c 0\n");
    }

    #[test]
    fn faults_are_found_before_the_first_question() {
        let (folder, path) = file(Some("1 0 a 1\n1 0 b\n"));
        let error = |path: &Path| Answers::open(path).unwrap_err().to_string();
        assert!(
            error(&path)
                .ends_with("qrels.txt: line 2: 3 columns where there should be 4 (topic iteration document grade)")
        );
        assert!(error(folder.path()).contains(&folder.path().display().to_string()), "a folder");
        assert!(error(&folder.path().join("no/qrels.txt")).contains("no/qrels.txt: "));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_permissions_stay() {
        use std::os::unix::fs::PermissionsExt;

        let (folder, path) = file(Some("1 0 a 1\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let link = folder.path().join("link.txt");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        Answers::open(&link).unwrap().keep("1", "b", 2).unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "1 0 a 1\n1 0 b 2\n");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
