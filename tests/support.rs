//! What the modules share: folders to work in, the binary run there, and numbers that look random and are not.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use serde_json::Value;
use snotra::app;
use snotra::app::IndexOptions;
use snotra::app::IndexReport;
use snotra::app::Progress;
use snotra::app::SearchOptions;
use snotra::engine::EngineError;
use snotra::engine::Facet;
use snotra::engine::Ranking;
use snotra::engine::Searcher;
use snotra::engine::WriterOptions;
use snotra::lang::LANGUAGES;
use snotra::output::json;
use tempfile::TempDir;

/// A temporary folder in which commands run.
pub(crate) struct Sandbox {
    dir: TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A folder with files in it.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let sandbox = Self::new();
        for (path, text) in files {
            sandbox.write(path, text);
        }
        sandbox
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.dir.path().join(relative)
    }

    /// Writes a file and the folders that it needs.
    pub(crate) fn write(&self, relative: &str, text: impl AsRef<[u8]>) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders are made");
        fs::write(path, text).expect("the file is written");
    }

    pub(crate) fn remove(&self, relative: &str) {
        fs::remove_file(self.path(relative)).expect("the file was there");
    }

    /// The binary with `args`, in this folder and with nothing in its environment that would change what it says.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_snotra"));
        command.args(args).current_dir(self.dir.path()).stdin(Stdio::null());
        for name in ["SNOTRA_INDEX", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "RUST_BACKTRACE"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, "", |_| {})
    }

    /// Runs the binary with `input` on its stdin, after `set` has changed what it wants.
    pub(crate) fn run_with(&self, args: &[&str], input: &str, set: impl FnOnce(&mut Command)) -> Ran {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        set(&mut command);
        let mut child = command.spawn().expect("the binary starts");
        let mut stdin = child.stdin.take().expect("it is piped");
        let input = input.to_owned();
        // On a thread of its own, and a child that reads nothing of it is no fault.
        let feeding = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
        let output = child.wait_with_output().expect("it ends");
        feeding.join().expect("feeding does not panic");
        Ran {
            command: format!("snotra {}", args.join(" ")),
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            err: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }
}

/// A command that has run. Every check shows all of it when it fails.
pub(crate) struct Ran {
    command: String,
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    #[track_caller]
    pub(crate) fn fail(&self, why: &str) -> ! {
        panic!(
            "{why}\n$ {}\nexit code: {:?}\n--- stdout\n{}\n--- stderr\n{}\n---",
            self.command, self.code, self.out, self.err
        );
    }

    #[track_caller]
    pub(crate) fn check(&self, holds: bool, why: &str) -> &Self {
        if !holds {
            self.fail(why);
        }
        self
    }

    #[track_caller]
    pub(crate) fn code(&self, expect: i32) -> &Self {
        self.check(!self.err.contains("panicked"), "it panicked");
        self.check(self.code == Some(expect), &format!("the exit code should be {expect}"))
    }

    /// Ended with 2, said why on stderr and answered nothing.
    #[track_caller]
    pub(crate) fn refused(&self, with: &str) -> &Self {
        self.code(2).check(self.out.is_empty(), "a refusal has no answer").says(with)
    }

    /// Stderr holds `text`.
    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        self.check(self.err.contains(text), &format!("stderr should hold {text:?}"))
    }

    /// Stderr is empty.
    #[track_caller]
    pub(crate) fn silent(&self) -> &Self {
        self.check(self.err.is_empty(), "stderr should be empty")
    }

    /// Stdout holds `text`.
    #[track_caller]
    pub(crate) fn answers(&self, text: &str) -> &Self {
        self.check(self.out.contains(text), &format!("stdout should hold {text:?}"))
    }

    /// Stdout as one line of JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let mut lines = self.json_lines();
        self.check(lines.len() == 1, "stdout should be one line");
        lines.remove(0)
    }

    /// Stdout as lines of JSON.
    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        self.check(self.out.is_empty() || self.out.ends_with('\n'), "the last line should end");
        let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|_| self.fail("stdout should be JSON"));
        self.out.lines().map(parse).collect()
    }

    /// The ids of the hits of a search in JSON, in order.
    #[track_caller]
    pub(crate) fn hits(&self) -> Vec<String> {
        ids(&self.json())
    }
}

/// The ids of the hits in an answer.
pub(crate) fn ids(answer: &Value) -> Vec<String> {
    let hits = answer["hits"].as_array().expect("an answer has hits");
    hits.iter().map(|hit| hit["id"].as_str().expect("a hit has an id").to_owned()).collect()
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every machine.
pub(crate) struct Rng(pub(crate) u64);

impl Rng {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

const DANISH: &[&str] = &[
    "kommunen",
    "kommunerne",
    "reglerne",
    "regel",
    "regelforenkling",
    "borgerne",
    "borger",
    "ældre",
    "plejehjem",
    "tilsyn",
    "tilsynet",
    "skolen",
    "skolerne",
    "økonomi",
    "åbent",
    "møde",
    "møder",
    "ansøgning",
    "ansøgninger",
    "digitalisering",
    "digital",
    "post",
    "brevet",
    "havnen",
    "støj",
    "cykelsti",
    "affald",
    "varme",
    "vand",
    "skov",
];
const DANISH_GLUE: &[&str] = &["og", "i", "på", "at", "det", "der", "skal", "ikke", "for", "til", "med", "af", "som"];
const SWEDISH: &[&str] = &[
    "kommunen",
    "kommunerna",
    "reglerna",
    "regel",
    "förenkling",
    "medborgarna",
    "äldre",
    "boende",
    "tillsyn",
    "tillsynen",
    "skolan",
    "skolorna",
    "ekonomi",
    "öppet",
    "möte",
    "möten",
    "ansökan",
    "ansökningar",
    "digital",
    "post",
    "brevet",
    "hamnen",
    "buller",
    "cykelväg",
    "avfall",
    "värme",
    "vatten",
    "skog",
    "vården",
    "stöd",
];
const SWEDISH_GLUE: &[&str] = &["och", "i", "på", "att", "det", "som", "ska", "inte", "för", "till", "med", "av", "om"];
const SOURCES: &[&str] = &["Ravnborg Tidende", "Åmosens Blad", "Näsby Nytt"];

/// An article by chance.
pub(crate) struct Made {
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) date: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) lang: Option<&'static str>,
}

pub(crate) fn made(rng: &mut Rng) -> Made {
    let swedish = rng.below(3) == 0;
    let (words, glue) = if swedish { (SWEDISH, SWEDISH_GLUE) } else { (DANISH, DANISH_GLUE) };
    let mut sentence = |words_in_it: usize| {
        let text: Vec<&str> = (0..words_in_it).map(|at| *rng.pick(if at % 2 == 0 { words } else { glue })).collect();
        let text = text.join(" ");
        let mut chars = text.chars();
        let first = chars.next().expect("a sentence has words");
        format!("{}{}", first.to_uppercase(), chars.as_str())
    };
    let title = sentence(4);
    let body: Vec<_> = (0..4).map(|at| format!("{}.", sentence(7 + 3 * at))).collect();
    let date = (rng.below(4) > 0)
        .then(|| format!("20{:02}-{:02}-{:02}", 15 + rng.below(8), 1 + rng.below(12), 1 + rng.below(28)));
    let source = (rng.below(3) > 0).then(|| (*rng.pick(SOURCES)).to_owned());
    let lang = (rng.below(2) == 0).then_some(if swedish { "sv" } else { "da" });
    Made { title, body: body.join("\n\n"), date, source, lang }
}

impl Made {
    pub(crate) fn as_markdown(&self) -> String {
        let mut text = format!("---\ntitle: {}\n", self.title);
        for (name, value) in [("date", &self.date), ("source", &self.source)] {
            if let Some(value) = value {
                text.push_str(&format!("{name}: {value}\n"));
            }
        }
        format!("{text}---\n\n{}\n", self.body)
    }

    pub(crate) fn as_text(&self) -> String {
        let date = self.date.as_ref().map(|date| format!("{date}\n\n")).unwrap_or_default();
        format!("{}\n\n{date}{}\n", self.title, self.body)
    }

    pub(crate) fn as_record(&self, id: &str) -> String {
        serde_json::json!({
            "id": id, "title": self.title, "text": self.body, "date": self.date, "source": self.source, "lang": self.lang,
        })
        .to_string()
    }
}

/// Queries of every kind over the words of [`made`] articles.
pub(crate) const QUERIES: &[&str] = &[
    "kommunen",
    "regelforenkling reglerne",
    "ansogning aeldre",
    "\"digital post\"",
    "digital post brevet",
    "tilsyn* -skolen",
    "komunen~ møde~",
    "title:regel økonomi",
    "(havnen OR hamnen) AND NOT affald",
    "date:2017..2019 vand",
    "lang:sv +förenkling vatten",
    "source:\"Ravnborg Tidende\" støj cykelsti",
    "-kommunen",
    "kommnuen okonomi",
    "+tilsynnet \"digtal post\"",
];

struct Silent;

impl Progress for Silent {
    fn begin(&self, _files: u64, _bytes: u64) {}
    fn file(&self, _bytes: u64) {}
    fn committing(&self) {}
    fn finish(&self) {}
}

/// The options of an ordinary run.
pub(crate) fn options() -> IndexOptions {
    IndexOptions {
        writer: WriterOptions { threads: 1, memory: 30_000_000 },
        languages: LANGUAGES.to_vec(),
        force: None,
        vocabulary: None,
        ignore_declared: false,
        keep_missing: false,
        rebuild: false,
    }
}

/// Indexes through the library.
pub(crate) fn index(dir: &Path, paths: &[PathBuf], options: &IndexOptions) -> Result<IndexReport, EngineError> {
    app::index(dir, paths, options, &Silent)
}

/// What an index answers to all [`QUERIES`], as the JSON that a program gets: bit for bit, but for how paths below the
/// sandbox are shown.
pub(crate) type Answers = BTreeMap<String, String>;

impl Sandbox {
    /// What the index in the folder `index` answers.
    pub(crate) fn answers(&self, index: &str) -> Answers {
        let searcher = Searcher::open(&self.path(index), Ranking::default()).expect("the index opens");
        self.answers_of(&searcher)
    }

    pub(crate) fn answers_of(&self, searcher: &Searcher) -> Answers {
        let root = self.path("").display().to_string();
        let mut answers = all_answers(searcher);
        answers.values_mut().for_each(|answer| *answer = answer.replace(&root, ""));
        answers
    }
}

fn all_answers(searcher: &Searcher) -> Answers {
    let facets = vec![Facet::Year, Facet::Source, Facet::Lang];
    let options =
        SearchOptions { limit: 25, facets, explain: true, suggest: true, group: true, ..SearchOptions::default() };
    let answer = |query: &&str| {
        let found = app::search(searcher, query, &options).expect("the query is answered");
        ((*query).to_owned(), json::found(&found, None).to_string())
    };
    QUERIES.iter().map(answer).collect()
}

/// Every file below `dir`, sorted; what a build leaves in a `target` is not met.
pub(crate) fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is there").map(|entry| entry.expect("it can be read")) {
            let path = entry.path();
            match path.is_dir() {
                true if path.ends_with("target") => {}
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    files
}

/// The project's own folder.
pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
