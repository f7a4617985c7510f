//! The walk: from the files and folders that the user names to the files to read, in one fixed order.
//!
//! Names within a folder are sorted, so that "the first of two equal ids stays" means the same on every system. Below a
//! root no link is followed: nothing outside is read, and no loop is walked. Ignore files count as the `ignore` crate
//! reads them; those above a root only inside a git repository, as git itself has it, for a stray `*` in a home folder
//! must not hide a corpus. Rejected: the crate's parallel walk (its order depends on threads) and git's user-wide
//! ignore file (the same folder must give the same index for everybody).

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use ignore::WalkBuilder;

use crate::doc::Problem;
use crate::source::Format;
use crate::source::compress::Compression;
use crate::source::known_extensions;

/// One thing that the walk met.
#[derive(Debug, Clone)]
pub enum Entry {
    /// A file to read.
    File(SourceFile),
    /// Something that is no article and no fault.
    Skipped(Skipped),
    /// Something that should have been readable.
    Problem(Problem),
}

/// A file in a known format, not yet opened.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Which root it was found under: an index into the roots given to [`walk`].
    pub root: usize,
    /// The name in front of its ids where there are several roots.
    pub root_name: Option<Arc<str>>,
    /// The real path, without links: the one to open.
    pub path: PathBuf,
    /// The path as the user would write it: the one to show.
    pub shown: PathBuf,
    /// The path relative to its root; the file's own name where the file is the root.
    pub relative: PathBuf,
    /// How its bytes become documents.
    pub format: &'static Format,
    /// How it is packed.
    pub compression: Compression,
    /// Bytes on disk.
    pub size: u64,
    /// When it was last changed, in nanoseconds since 1970; 0 where the system does not say.
    pub mtime_ns: i64,
}

/// Something that is passed over without being a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The path as the user would write it.
    pub path: PathBuf,
    /// Why it is passed over.
    pub reason: SkipReason,
}

/// Why a directory entry is no article.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// No format reads this extension (lower-case, without its dot; empty where the name has none).
    Extension(String),
    /// A symbolic link: not followed below a root.
    Link,
}

/// The file that marks a folder as an index: never descended into.
pub const INDEX_MARKER: &str = "snotra-manifest.json";

/// Everything under `roots`, root by root, sorted within each. A file that two roots reach is met once.
///
/// Hidden and ignored files are not met at all; a file that is itself a root is, whatever the ignore files say.
pub fn walk(roots: &[PathBuf]) -> impl Iterator<Item = Entry> + use<> {
    let resolved: Vec<_> = roots.iter().map(|root| Root::resolve(root)).collect();
    let names = root_names(&resolved);
    let mut met = HashSet::new();
    resolved
        .into_iter()
        .zip(names)
        .enumerate()
        .flat_map(|(index, (root, name))| match root {
            Ok(root) => root.entries(index, name),
            Err(problem) => Box::new(std::iter::once(Entry::Problem(problem))),
        })
        .filter(move |entry| match entry {
            Entry::File(file) => met.insert(file.path.clone()),
            Entry::Skipped(_) | Entry::Problem(_) => true,
        })
}

impl SourceFile {
    /// Opens the file, unless it has become something else than the regular file at its place that the walk met.
    pub(super) fn open(&self) -> io::Result<File> {
        if fs::canonicalize(&self.path)? != self.path {
            return Err(io::Error::other("it has become a symbolic link since it was found"));
        }
        if let Some(kind) = irregular(&fs::symlink_metadata(&self.path)?) {
            return Err(io::Error::other(kind));
        }
        File::open(&self.path)
    }
}

/// A root that exists.
struct Root {
    /// As the user wrote it.
    given: PathBuf,
    /// Where it really is.
    real: PathBuf,
    /// Its absolute path under the name that the user chose, were it a link's name.
    named: Vec<OsString>,
    is_file: bool,
}

type Entries = Box<dyn Iterator<Item = Entry>>;

impl Root {
    fn resolve(given: &Path) -> Result<Self, Problem> {
        let cannot = |error: io::Error| Problem {
            hint: (error.kind() == io::ErrorKind::NotFound).then(|| "check the spelling of the path".to_owned()),
            ..Problem::new(given, None, in_words(&error))
        };
        let metadata = fs::metadata(given).map_err(cannot)?;
        let real = fs::canonicalize(given).map_err(cannot)?;
        if !metadata.is_dir()
            && let Some(kind) = irregular(&metadata)
        {
            return Err(Problem::new(given, None, kind));
        }
        if metadata.is_dir() && real.join(INDEX_MARKER).exists() {
            return Err(Problem {
                hint: Some("name the folder that holds the articles".to_owned()),
                ..Problem::new(given, None, "this folder is an index, not a folder of articles")
            });
        }
        let named = match (given.parent(), given.components().next_back()) {
            (Some(parent), Some(Component::Normal(name))) => {
                let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
                fs::canonicalize(parent).map_err(cannot)?.join(name)
            }
            _ => real.clone(),
        };
        let named = named.components().filter_map(|part| match part {
            Component::Normal(part) => Some(part.to_owned()),
            _ => None,
        });
        Ok(Self { given: given.to_owned(), real, named: named.collect(), is_file: !metadata.is_dir() })
    }

    /// The root's path cut down to its last `depth` parts.
    fn tail(&self, depth: usize) -> &[OsString] {
        &self.named[self.named.len().saturating_sub(depth)..]
    }

    fn entries(self, index: usize, name: Option<Arc<str>>) -> Entries {
        if self.is_file {
            return Box::new(std::iter::once(self.named_file(index, name)));
        }
        let mut builder = WalkBuilder::new(&self.real);
        builder
            .follow_links(false)
            .require_git(false)
            .git_global(false)
            .git_exclude(false)
            .parents(self.real.ancestors().any(|folder| folder.join(".git").exists()))
            .sort_by_file_name(Ord::cmp)
            .filter_entry(|entry| {
                !entry.file_type().is_some_and(|kind| kind.is_dir()) || !entry.path().join(INDEX_MARKER).exists()
            });
        Box::new(builder.build().flat_map(move |found| self.met(index, name.as_ref(), found)))
    }

    fn named_file(&self, index: usize, name: Option<Arc<str>>) -> Entry {
        let file_name = PathBuf::from(self.named.last().cloned().unwrap_or_default());
        let Some((format, compression)) = Format::of(&file_name) else {
            return Entry::Problem(Problem {
                hint: Some(format!("known are {}, each also with .gz or .zst", known_extensions())),
                ..Problem::new(&self.given, None, "no format has this file name extension")
            });
        };
        match fs::metadata(&self.real) {
            Ok(metadata) => Entry::File(SourceFile {
                root: index,
                root_name: name,
                path: self.real.clone(),
                shown: self.given.clone(),
                relative: file_name,
                format,
                compression,
                size: metadata.len(),
                mtime_ns: mtime_ns(&metadata),
            }),
            Err(error) => Entry::Problem(Problem::new(&self.given, None, in_words(&error))),
        }
    }

    /// What one step of the walk means: nothing for a folder, else one entry, and a fault in an ignore file besides.
    fn met(&self, index: usize, name: Option<&Arc<str>>, found: Result<ignore::DirEntry, ignore::Error>) -> Vec<Entry> {
        match found {
            Err(error) => vec![Entry::Problem(self.problem(&error))],
            Ok(found) => {
                let ignore_file = found.error().map(|error| Entry::Problem(self.problem(error)));
                ignore_file.into_iter().chain(self.entry(index, name, &found)).collect()
            }
        }
    }

    fn entry(&self, index: usize, name: Option<&Arc<str>>, found: &ignore::DirEntry) -> Option<Entry> {
        let shown = self.shown(found.path());
        // Only standard input has no type, and the walk never meets it.
        let kind = found.file_type()?;
        if kind.is_dir() {
            return None;
        }
        if kind.is_symlink() {
            return Some(Entry::Skipped(Skipped { path: shown, reason: SkipReason::Link }));
        }
        let metadata = match fs::symlink_metadata(found.path()) {
            Ok(metadata) => metadata,
            Err(error) => return Some(Entry::Problem(Problem::new(shown, None, in_words(&error)))),
        };
        if let Some(kind) = irregular(&metadata) {
            return Some(Entry::Problem(Problem::new(shown, None, kind)));
        }
        let Some((format, compression)) = Format::of(found.path()) else {
            let extension = found.path().extension().map(|extension| extension.to_string_lossy().to_lowercase());
            let reason = SkipReason::Extension(extension.unwrap_or_default());
            return Some(Entry::Skipped(Skipped { path: shown, reason }));
        };
        Some(Entry::File(SourceFile {
            root: index,
            root_name: name.cloned(),
            relative: self.relative(found.path()).to_owned(),
            path: found.path().to_owned(),
            shown,
            format,
            compression,
            size: metadata.len(),
            mtime_ns: mtime_ns(&metadata),
        }))
    }

    fn relative<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(&self.real).unwrap_or(path)
    }

    fn shown(&self, path: &Path) -> PathBuf {
        match path.strip_prefix(&self.real) {
            Ok(relative) if relative.as_os_str().is_empty() => self.given.clone(),
            Ok(relative) if self.given == Path::new(".") => relative.to_owned(),
            Ok(relative) => self.given.join(relative),
            Err(_) => path.to_owned(),
        }
    }

    /// The innermost cause of `error`, with the path and the line that its layers name.
    fn problem(&self, error: &ignore::Error) -> Problem {
        let (mut path, mut line) = (self.real.clone(), None);
        let mut error = error;
        loop {
            error = match error {
                ignore::Error::WithPath { path: at, err } => {
                    path.clone_from(at);
                    err
                }
                ignore::Error::WithLineNumber { line: at, err } => {
                    line = Some(*at);
                    err
                }
                ignore::Error::WithDepth { err, .. } => err,
                ignore::Error::Partial(several) if !several.is_empty() => &several[0],
                _ => break,
            };
        }
        let cause = match error.io_error() {
            Some(error) => in_words(error),
            None => error.to_string(),
        };
        Problem::new(self.shown(&path), line, cause)
    }
}

/// The shortest tails of the roots' paths that tell all of them apart; none where there is one root alone.
///
/// A file's own name is part of its id already, so a root that is a file is named by the folders in front of it.
fn root_names(roots: &[Result<Root, Problem>]) -> Vec<Option<Arc<str>>> {
    let several = roots.len() > 1;
    let mut depths = vec![1; roots.len()];
    loop {
        let mut tails: HashMap<&[OsString], HashSet<&[OsString]>> = HashMap::new();
        for (root, &depth) in roots.iter().zip(&depths) {
            if let Ok(root) = root {
                tails.entry(root.tail(depth)).or_default().insert(&root.named);
            }
        }
        let mut settled = true;
        for (root, depth) in roots.iter().zip(&mut depths) {
            if let Ok(root) = root
                && tails[root.tail(*depth)].len() > 1
                && *depth < root.named.len()
            {
                *depth += 1;
                settled = false;
            }
        }
        if settled {
            break;
        }
    }
    let name = |root: &Root, depth| {
        let tail = root.tail(depth);
        let tail = if root.is_file { &tail[..tail.len().saturating_sub(1)] } else { tail };
        let parts: Vec<_> = tail.iter().map(|part| part.to_string_lossy()).collect();
        (!parts.is_empty()).then(|| Arc::from(parts.join("/")))
    };
    let named = roots
        .iter()
        .zip(depths)
        .map(|(root, depth)| root.as_ref().ok().filter(|_| several).and_then(|root| name(root, depth)));
    named.collect()
}

fn mtime_ns(metadata: &Metadata) -> i64 {
    let Ok(modified) = metadata.modified() else { return 0 };
    match modified.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanoseconds| -nanoseconds),
    }
}

/// What a thing that is not a regular file is, in words. Opening a pipe or a device could block for ever.
fn irregular(metadata: &Metadata) -> Option<&'static str> {
    let kind = metadata.file_type();
    if kind.is_file() {
        return None;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some("not a regular file: a named pipe");
        }
        if kind.is_socket() {
            return Some("not a regular file: a socket");
        }
        if kind.is_block_device() || kind.is_char_device() {
            return Some("not a regular file: a device");
        }
    }
    Some("not a regular file")
}

/// The failure in the project's own words where it is a usual one, so that it reads the same on every system.
pub(super) fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    /// Makes the files in a fresh folder; a name that ends with `/` is a folder.
    fn tree(files: &[(&str, &str)]) -> TempDir {
        let folder = TempDir::new().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            if name.ends_with('/') {
                fs::create_dir_all(path).unwrap();
            } else {
                fs::write(path, text).unwrap();
            }
        }
        folder
    }

    /// One line an entry, paths relative to the folder.
    fn lines(folder: &TempDir, roots: &[&str]) -> Vec<String> {
        let roots: Vec<_> = roots.iter().map(|root| folder.path().join(root)).collect();
        let short = |path: &Path| path.strip_prefix(folder.path()).unwrap().display().to_string().replace('\\', "/");
        walk(&roots)
            .map(|entry| match entry {
                Entry::File(file) => {
                    let name = file.root_name.as_deref().unwrap_or("-");
                    format!("{} = {} + {} ({})", short(&file.shown), name, file.relative.display(), file.format.name)
                }
                Entry::Skipped(Skipped { path, reason }) => format!("{}: {reason:?}", short(&path)),
                Entry::Problem(problem) => format!("{}! {}", short(&problem.place.path), problem.cause),
            })
            .collect()
    }

    fn check(files: &[(&str, &str)], roots: &[&str], expect: &[&str]) {
        assert_eq!(lines(&tree(files), roots), expect);
    }

    #[test]
    fn the_order_is_sorted_and_the_formats_are_known() {
        check(
            &[
                ("b.MD", ""),
                ("a.txt", ""),
                ("c/z.HTM.gz", ""),
                ("c/b.jsonl.ZST", ""),
                ("d.pdf", ""),
                ("LÆSMIG", ""),
                ("e.gz", ""),
            ],
            &["."],
            &[
                "LÆSMIG: Extension(\"\")",
                "a.txt = - + a.txt (text)",
                "b.MD = - + b.MD (Markdown)",
                "c/b.jsonl.ZST = - + c/b.jsonl.ZST (JSON Lines)",
                "c/z.HTM.gz = - + c/z.HTM.gz (HTML)",
                "d.pdf: Extension(\"pdf\")",
                "e.gz: Extension(\"gz\")",
            ],
        );
    }

    #[test]
    fn hidden_and_ignored_files_and_indexes_are_not_met() {
        let files = [
            (".skjult.txt", ""),
            (".gitignore", "*.kladde.txt\n/gammelt/\n"),
            ("nyt/.ignore", "b.txt\n"),
            ("a.kladde.txt", ""),
            ("a.txt", ""),
            ("gammelt/a.txt", ""),
            ("nyt/a.txt", ""),
            ("nyt/b.txt", ""),
            ("nyt/index/snotra-manifest.json", "{}"),
            ("nyt/index/a.txt", ""),
        ];
        check(&files, &["."], &["a.txt = - + a.txt (text)", "nyt/a.txt = - + nyt/a.txt (text)"]);
        check(&files, &["a.kladde.txt"], &["a.kladde.txt = - + a.kladde.txt (text)"]);
        check(&files, &["nyt/index"], &["nyt/index! this folder is an index, not a folder of articles"]);
    }

    #[test]
    fn ignore_files_above_a_root_count_only_in_a_repository() {
        let above = [(".gitignore", "*.txt\n"), ("nyt/a.txt", ""), ("nyt/b.md", "")];
        let kept = ["nyt/a.txt = - + a.txt (text)", "nyt/b.md = - + b.md (Markdown)"];
        check(&above, &["nyt"], &kept);
        check(&[&above[..], &[(".git/", "")]].concat(), &["nyt"], &kept[1..]);
    }

    #[test]
    fn a_named_file_must_exist_in_a_known_format() {
        check(&[("a.pdf", "")], &["a.pdf"], &["a.pdf! no format has this file name extension"]);
        check(&[], &["a.txt"], &["a.txt! no such file or folder"]);
        let folder = tree(&[("a.pdf", "")]);
        let Some(Entry::Problem(problem)) = walk(&[folder.path().join("a.pdf")]).next() else { panic!("no problem") };
        let hint =
            "known are .txt, .text, .md, .markdown, .html, .htm, .xhtml, .jsonl, .ndjson, each also with .gz or .zst";
        assert_eq!(problem.hint.as_deref(), Some(hint));
    }

    #[test]
    fn several_roots_are_told_apart_by_the_shortest_names() {
        let files = [("x/nyt/a.txt", ""), ("y/nyt/a.txt", ""), ("y/råd/a.txt", ""), ("a.txt", ""), ("b.txt", "")];
        check(
            &files,
            &["x/nyt", "y/nyt", "y/råd", "a.txt", "b.txt"],
            &[
                "x/nyt/a.txt = x/nyt + a.txt (text)",
                "y/nyt/a.txt = y/nyt + a.txt (text)",
                "y/råd/a.txt = råd + a.txt (text)",
                "a.txt = - + a.txt (text)",
                "b.txt = - + b.txt (text)",
            ],
        );
        check(
            &files,
            &["x/nyt/a.txt", "y/nyt/a.txt"],
            &["x/nyt/a.txt = x/nyt + a.txt (text)", "y/nyt/a.txt = y/nyt + a.txt (text)"],
        );
    }

    #[test]
    fn a_file_that_two_roots_reach_is_met_once() {
        let files = [("nyt/a.txt", ""), ("nyt/b.txt", "")];
        let once = ["nyt/b.txt = - + b.txt (text)", "nyt/a.txt = nyt + a.txt (text)"];
        check(&files, &["nyt/b.txt", "nyt", "nyt"], &once);
    }

    #[test]
    fn the_order_of_the_roots_is_kept() {
        let files = [("a/1.txt", ""), ("b/1.txt", "")];
        check(
            &files,
            &["b", "væk", "a"],
            &["b/1.txt = b + 1.txt (text)", "væk! no such file or folder", "a/1.txt = a + 1.txt (text)"],
        );
    }

    #[test]
    fn a_bad_glob_in_an_ignore_file_is_a_problem() {
        let met = lines(&tree(&[(".ignore", "ok.txt\n[z-a].txt\n"), ("a.txt", "")]), &["."]);
        assert_eq!(met.len(), 2, "{met:?}");
        assert!(met[0].starts_with(".ignore! error parsing glob"), "{met:?}");
    }

    #[test]
    fn size_and_time_are_those_on_disk() {
        let folder = tree(&[("a.txt", "fem b")]);
        let time = UNIX_EPOCH + std::time::Duration::new(1_700_000_000, 5000);
        File::options().append(true).open(folder.path().join("a.txt")).unwrap().set_modified(time).unwrap();
        let Some(Entry::File(file)) = walk(&[folder.path().to_owned()]).next() else { panic!("no file") };
        assert_eq!((file.size, file.mtime_ns), (5, 1_700_000_000_000_005_000));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed_below_a_root_but_a_root_may_be_one() {
        use std::os::unix::fs::symlink;
        let outside = tree(&[("hemmelig.txt", "")]);
        let folder = tree(&[("nyt/a.txt", "")]);
        symlink(outside.path(), folder.path().join("nyt/ud")).unwrap();
        symlink(outside.path().join("hemmelig.txt"), folder.path().join("nyt/b.txt")).unwrap();
        symlink(folder.path().join("nyt"), folder.path().join("nyt/ring")).unwrap();
        symlink(folder.path().join("nyt"), folder.path().join("seneste")).unwrap();
        let expect =
            ["seneste/a.txt = - + a.txt (text)", "seneste/b.txt: Link", "seneste/ring: Link", "seneste/ud: Link"];
        assert_eq!(lines(&folder, &["seneste"]), expect);
        let one = lines(&folder, &["seneste/b.txt"]);
        assert_eq!(one, ["seneste/b.txt = - + b.txt (text)"]);
    }

    #[cfg(unix)]
    #[test]
    fn sockets_and_pipes_are_problems_and_never_opened() {
        let folder = tree(&[("a.txt", "")]);
        let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("b.txt")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(folder.path().join("c.txt")).status().unwrap();
        assert!(made.success());
        let expect = [
            "a.txt = - + a.txt (text)",
            "b.txt! not a regular file: a socket",
            "c.txt! not a regular file: a named pipe",
        ];
        assert_eq!(lines(&folder, &["."]), expect);
        assert_eq!(lines(&folder, &["c.txt"]), ["c.txt! not a regular file: a named pipe"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_swapped_for_a_link_is_not_opened() {
        let outside = tree(&[("hemmelig.txt", "hemmelig")]);
        let folder = tree(&[("a.txt", "åben"), ("mappe/b.txt", "åben")]);
        let files: Vec<_> = walk(&[folder.path().to_owned()])
            .filter_map(|entry| if let Entry::File(file) = entry { Some(file) } else { None })
            .collect();
        assert!(files.iter().all(|file| file.open().is_ok()));
        fs::remove_file(folder.path().join("a.txt")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("hemmelig.txt"), folder.path().join("a.txt")).unwrap();
        fs::rename(folder.path().join("mappe"), folder.path().join("flyttet")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("flyttet"), folder.path().join("mappe")).unwrap();
        for file in files {
            assert_eq!(file.open().unwrap_err().to_string(), "it has become a symbolic link since it was found");
        }
    }
}
