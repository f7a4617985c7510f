//! How fast Snotra is beside plain tantivy: both programs, on the same input, in turn, in one run.
//!
//! A time means little on its own: machines differ and a shared one drifts from minute to minute. So every measurement
//! runs the two programs one after the other several times, and what is judged is the ratio pair by pair. Whole
//! processes are measured, because that is what a user waits for. Beside the time that passes stands the processor time,
//! which a busy machine disturbs less.
//!
//! The other program is `benches/plain`, a package of its own. The text is a collection of statutes where `SNOTRA_DATA`
//! names a folder that holds `law-da` and `law-sv`, and otherwise made up: seeded, so that every run has the same, of
//! words distributed as words are, but without meaning. `-- --quick` measures less of it,
//! `-- --scale` how both grow instead ([`scale`]).
//!
//! Rejected: a bench framework. They time functions within one process; opening an index, the first query and peak memory
//! are what an engine is slow at, and those need processes.

mod scale;
mod support;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::fs::File;
use std::io::BufWriter;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::ExitCode;

use support::Outcome;
use support::Random;
use support::Run;
use support::Spread;
use support::machine;
use support::measure;
use support::plural;

const SNOTRA: &str = env!("CARGO_BIN_EXE_snotra");
const PLAIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/plain/target/release/plain-tantivy");
const BUILD_PLAIN: &str =
    "cargo build --release --manifest-path benches/plain/Cargo.toml --target-dir benches/plain/target";
/// Megabytes that both programs may fill before they write.
const MEMORY: &str = "200";
const COLD_QUERIES: usize = 20;
const LANGUAGES: [&str; 2] = ["da", "sv"];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --all-targets` starts benches too, without this.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let run = if has("--scale") { scale::run } else { run };
    match run(has("--quick")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(quick: bool) -> Outcome<()> {
    if !Path::new(PLAIN).exists() {
        return Err(format!("{PLAIN} is not there; build it with\n  {BUILD_PLAIN}").into());
    }
    let scratch = tempfile::tempdir()?;
    let bench =
        Bench { input: Input::new(scratch.path(), quick)?, dir: scratch.path(), runs: if quick { 2 } else { 5 } };
    bench.describe(quick)?;
    println!("\n| measured | Snotra | plain tantivy | ratio | by processor time | target | |");
    println!("|---|---|---|---|---|---|---|");
    let cores = std::thread::available_parallelism()?.get();
    // One thread comes last, because the rest is measured on what it leaves: one thread makes the same segments each time.
    bench.indexing(2)?.iter().for_each(Row::print);
    bench.indexing(1)?.iter().for_each(Row::print);
    bench.index_size()?.print();
    for depth in [10, 100, 1000] {
        bench.batch(depth, 1)?.print();
    }
    if cores > 1 {
        for depth in [10, 100, 1000] {
            bench.batch(depth, cores)?.print();
        }
    }
    bench.cold_search()?.print();
    binary_size()?.print();
    bench.print_components()?;
    Ok(())
}

/// What is indexed and asked.
struct Input {
    /// What it is, for the report.
    description: String,
    files: Vec<PathBuf>,
    /// The queries of all languages, `id<TAB>language<TAB>text` a line.
    queries: PathBuf,
    texts: Vec<String>,
}

impl Input {
    fn new(dir: &Path, quick: bool) -> Outcome<Self> {
        let collections: &[&str] = if quick { &["law-sv"] } else { &["law-da", "law-sv"] };
        let (description, files, queries) = match std::env::var_os("SNOTRA_DATA").map(PathBuf::from) {
            Some(data) => {
                let mut queries = String::new();
                for name in collections {
                    let path = data.join(name).join("queries.tsv");
                    queries += &fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
                }
                let files = collections.iter().map(|name| data.join(name).join("docs.jsonl.zst")).collect();
                (collections.join(" and "), files, queries)
            }
            None => {
                let documents = if quick { 400 } else { 4000 };
                let description = "text made up by the bench, as SNOTRA_DATA names no collections".to_owned();
                let (files, queries) = made_up(dir, documents)?;
                (description, files, queries)
            }
        };
        let column = |line: &str| line.split('\t').nth(2).map(str::to_owned);
        let texts = queries.lines().filter_map(column).collect();
        let path = dir.join("queries.tsv");
        fs::write(&path, &queries)?;
        Ok(Self { description, files, queries: path, texts })
    }
}

struct Bench<'b> {
    input: Input,
    dir: &'b Path,
    runs: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Program {
    Snotra,
    Plain,
}

impl Program {
    const BOTH: [Self; 2] = [Self::Snotra, Self::Plain];

    fn path(self) -> &'static str {
        match self {
            Self::Snotra => SNOTRA,
            Self::Plain => PLAIN,
        }
    }
}

impl Bench<'_> {
    fn describe(&self, quick: bool) -> Outcome<()> {
        let version = |program: Program| -> Outcome<String> {
            let output = Command::new(program.path()).arg("--version").output()?;
            Ok(String::from_utf8(output.stdout)?.trim().to_owned())
        };
        println!("Programs: {}; {}.", version(Program::Snotra)?, version(Program::Plain)?);
        println!("Machine: {}.", machine()?);
        println!("Text: {}; {} queries.", self.input.description, self.input.texts.len());
        println!(
            "Each figure: the median (least to most) of {} runs of each program, in turn{}.",
            self.runs,
            if quick { "; quick mode, so take it as a trial" } else { "" }
        );
        println!("Commands, after `cargo build --release` and `{BUILD_PLAIN}`:");
        println!("  snotra index --index DIR FILE... --threads N --memory {MEMORY}");
        println!("  snotra batch --index DIR queries.tsv --format trec --depth K --threads N");
        println!("  snotra search --index DIR -- QUERY");
        println!("  plain-tantivy index DIR FILE... --threads N --memory {MEMORY}");
        println!("  plain-tantivy batch DIR queries.tsv --depth K --threads N");
        println!("  plain-tantivy search DIR QUERY");
        Ok(())
    }

    /// Where a program's index is.
    fn index(&self, program: Program) -> PathBuf {
        self.dir.join(if program == Program::Snotra { "snotra" } else { "plain" })
    }

    fn index_command(&self, program: Program, threads: usize) -> Command {
        let mut command = Command::new(program.path());
        command.arg("index");
        match program {
            Program::Snotra => command.arg("--json").arg("--index").arg(self.index(program)),
            Program::Plain => command.arg(self.index(program)),
        };
        command.args(&self.input.files).args(["--threads", &threads.to_string(), "--memory", MEMORY]);
        command
    }

    /// Throughput and peak memory.
    fn indexing(&self, threads: usize) -> Outcome<Vec<Row>> {
        let mut runs = Pairs::default();
        let mut counts = [0; 2];
        let mut bytes = 0.0;
        for _ in 0..self.runs {
            for program in Program::BOTH {
                let index = self.index(program);
                if index.exists() {
                    fs::remove_dir_all(&index)?;
                }
                let output = self.dir.join("report");
                let run = measure(self.index_command(program, threads), &output, &[0])?;
                let report = fs::read_to_string(&output)?;
                let numbers: Vec<f64> = match program {
                    Program::Snotra => {
                        let report: serde_json::Value = serde_json::from_str(&report)?;
                        vec![report["indexed"].as_f64().ok_or("the report does not say how many were indexed")?]
                    }
                    Program::Plain => report.split(' ').filter_map(|word| word.parse().ok()).collect(),
                };
                counts[program as usize] = numbers[0] as u64;
                if let Some(&text) = numbers.get(1) {
                    bytes = text;
                }
                runs.push(program, run);
            }
        }
        if counts[0] != counts[1] || counts[0] == 0 {
            return Err(format!("{} and {} documents indexed: the two do not do the same", counts[0], counts[1]).into());
        }
        let rate = |run: &Run| bytes / 1e6 / run.seconds;
        let name = format!("{} documents, {:.0} MB of text, {}", counts[0], bytes / 1e6, plural(threads, "thread"));
        let mut speed = runs.row(&format!("index {name}, MB/s"), rate, Target::AtLeast(0.35));
        speed.by_processor = Some(runs.ratio(|run| 1.0 / run.processor));
        let memory = runs.row(
            &format!("peak memory while indexing, {}, MB", plural(threads, "thread")),
            |run| run.peak.map_or(f64::NAN, |bytes| bytes as f64 / 1e6),
            Target::AtMost(3.0),
        );
        Ok(vec![speed, memory])
    }

    fn index_size(&self) -> Outcome<Row> {
        let mut sizes = Pairs::default();
        for program in Program::BOTH {
            sizes.push(program, components(&self.index(program))?.values().sum::<u64>() as f64 / 1e6);
        }
        Ok(sizes.row("size of the index, MB", |size| *size, Target::AtMost(2.5)))
    }

    fn batch(&self, depth: usize, threads: usize) -> Outcome<Row> {
        let mut runs = Pairs::default();
        let mut lines = [0; 2];
        for _ in 0..self.runs {
            for program in Program::BOTH {
                let mut command = Command::new(program.path());
                command.arg("batch");
                match program {
                    Program::Snotra => command.args(["--format", "trec", "--index"]).arg(self.index(program)),
                    Program::Plain => command.arg(self.index(program)),
                };
                command.arg(&self.input.queries);
                command.args(["--depth", &depth.to_string(), "--threads", &threads.to_string()]);
                let output = self.dir.join("run");
                let run = measure(command, &output, &[0])?;
                lines[program as usize] = fs::read(&output)?.iter().filter(|&&byte| byte == b'\n').count();
                runs.push(program, run);
            }
        }
        let queries = self.input.texts.len();
        let [ours, theirs] = lines.map(|lines| lines as f64 / queries as f64);
        if ours > depth as f64 || theirs > depth as f64 || ours < 0.8 * theirs || ours == 0.0 {
            return Err(format!("{ours:.1} and {theirs:.1} hits a query at depth {depth}: not the same task").into());
        }
        let name = format!(
            "batch to depth {depth} ({ours:.0} and {theirs:.0} hits each), {}, queries/s",
            plural(threads, "thread")
        );
        let mut row = runs.row(&name, |run| queries as f64 / run.seconds, Target::AtLeast(0.35));
        row.by_processor = Some(runs.ratio(|run| 1.0 / run.processor));
        Ok(row)
    }

    /// A new process for each of some queries spread over all; the files are in the system's cache.
    fn cold_search(&self) -> Outcome<Row> {
        let step = (self.input.texts.len() / COLD_QUERIES).max(1);
        let queries: Vec<String> =
            self.input.texts.iter().step_by(step).take(COLD_QUERIES).map(|text| words(text)).collect();
        let mut runs = Pairs::default();
        let mut processor = Pairs::default();
        for round in 0..=self.runs {
            let mut totals = [0.0; 2];
            for query in &queries {
                for program in Program::BOTH {
                    let mut command = Command::new(program.path());
                    command.arg("search");
                    match program {
                        Program::Snotra => command.arg("--index").arg(self.index(program)).arg("--"),
                        Program::Plain => command.arg(self.index(program)),
                    };
                    command.arg(query);
                    let run = measure(command, &self.dir.join("found"), &[0, 1])?;
                    totals[program as usize] += run.processor;
                    // The first round only warms the cache.
                    if round > 0 {
                        runs.push(program, run);
                    }
                }
            }
            if round > 0 {
                Program::BOTH.into_iter().for_each(|program| processor.push(program, totals[program as usize]));
            }
        }
        let name = format!("one search as a new process, {} different queries, ms", queries.len());
        let mut row = runs.row(&name, |run| run.seconds * 1e3, Target::AtMost(2.5));
        row.by_processor = Some(processor.ratio(|seconds| *seconds));
        Ok(row)
    }

    fn print_components(&self) -> Outcome<()> {
        let [ours, theirs] = Program::BOTH.map(|program| components(&self.index(program)));
        let (ours, theirs) = (ours?, theirs?);
        let kinds: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
        println!("\n| part of the index, bytes | Snotra | plain tantivy |\n|---|---|---|");
        for kind in kinds {
            let bytes = |sizes: &BTreeMap<String, u64>| sizes.get(kind).map_or_else(|| "-".to_owned(), u64::to_string);
            println!("| {kind} | {} | {} |", bytes(&ours), bytes(&theirs));
        }
        Ok(())
    }
}

fn binary_size() -> Outcome<Row> {
    let mut sizes = Pairs::default();
    for program in Program::BOTH {
        sizes.push(program, fs::metadata(program.path())?.len() as f64 / 1e6);
    }
    Ok(sizes.row("size of the program, MB", |size| *size, Target::Absolute(30.0)))
}

/// Measurements of both programs, taken in turn.
struct Pairs<T>([Vec<T>; 2]);

impl<T> Default for Pairs<T> {
    fn default() -> Self {
        Self([Vec::new(), Vec::new()])
    }
}

impl<T> Pairs<T> {
    fn push(&mut self, program: Program, value: T) {
        self.0[program as usize].push(value);
    }

    /// Snotra's figure over the other's, pair by pair.
    fn ratio(&self, figure: impl Fn(&T) -> f64) -> Spread {
        let [ours, theirs] = &self.0;
        Spread::of(ours.iter().zip(theirs).map(|(ours, theirs)| figure(ours) / figure(theirs)))
    }

    fn row(&self, name: &str, figure: impl Fn(&T) -> f64, target: Target) -> Row {
        let [ours, theirs] = [&self.0[0], &self.0[1]].map(|values| Spread::of(values.iter().map(&figure)));
        Row { name: name.to_owned(), ours, theirs, ratio: self.ratio(&figure), by_processor: None, target }
    }
}

/// What Snotra wants to reach.
enum Target {
    /// This share of plain tantivy's figure.
    AtLeast(f64),
    /// See `AtLeast`.
    AtMost(f64),
    /// A figure of its own, at most.
    Absolute(f64),
}

/// A line of the report.
struct Row {
    name: String,
    ours: Spread,
    theirs: Spread,
    ratio: Spread,
    by_processor: Option<Spread>,
    target: Target,
}

impl Row {
    fn print(&self) {
        let (target, reached) = match self.target {
            Target::AtLeast(least) => (format!("≥ {least}"), self.ratio.median >= least),
            Target::AtMost(most) => (format!("≤ {most}"), self.ratio.median <= most),
            Target::Absolute(most) => (format!("≤ {most} MB"), self.ours.median <= most),
        };
        let by_processor = self.by_processor.as_ref().map(Spread::ratio).unwrap_or_default();
        let verdict = match (self.ratio.median.is_nan(), reached) {
            (true, _) => "n/a",
            (false, true) => "reached",
            (false, false) => "missed",
        };
        let ratio = self.ratio.ratio();
        println!(
            "| {} | {} | {} | {ratio} | {by_processor} | {target} | {verdict} |",
            self.name, self.ours, self.theirs
        );
    }
}

/// Bytes of an index by kind of file.
fn components(index: &Path) -> Outcome<BTreeMap<String, u64>> {
    let mut sizes = BTreeMap::new();
    for entry in fs::read_dir(index)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let bytes = entry.metadata()?.len();
        let kind = match name.split_once('-') {
            Some((kind @ ("ids" | "catalog"), _)) => kind,
            _ => name.rsplit('.').next().unwrap_or_default(),
        };
        if bytes > 0 {
            *sizes.entry(kind.to_owned()).or_default() += bytes;
        }
    }
    Ok(sizes)
}

/// The words of a query without the signs that a query language may read.
fn words(text: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Makes a collection up: a file a language and queries.
///
/// Words are strings of syllables, numbered by how common they are; the word of number n comes with a probability
/// proportional to 1/n, as in natural text (Zipf's law), and with one of a few endings. The commonest are short.
/// A query is a stretch of some document, so that it has common and rare words.
fn made_up(dir: &Path, documents: usize) -> Outcome<(Vec<PathBuf>, String)> {
    let mut files = Vec::new();
    let mut queries = String::new();
    for (seed, code) in LANGUAGES.into_iter().enumerate() {
        let mut random = Random(seed as u64);
        let vocabulary = Vocabulary::new(code, &mut random);
        let path = dir.join(format!("{code}.jsonl"));
        let mut file = BufWriter::new(File::create(&path)?);
        for number in 0..documents {
            // Lengths spread over two orders of magnitude.
            let length = 30.0 * 100f64.powf(random.unit());
            let words: Vec<String> = (0..length as usize).map(|_| vocabulary.word(&mut random)).collect();
            let sentences: Vec<String> = words.chunks(14).map(|words| format!("{}.", words.join(" "))).collect();
            let text = sentences.join(" ");
            writeln!(file, r#"{{"id":"{code}-{number}","lang":"{code}","title":"","text":"{text}"}}"#)?;
            if number % (documents / 400).max(1) == 0 {
                let from = random.below(words.len() - 8);
                queries +=
                    &format!("q-{code}-{number}\t{code}\t{}\n", words[from..from + 3 + random.below(6)].join(" "));
            }
        }
        file.flush()?;
        files.push(path);
    }
    Ok((files, queries))
}

struct Vocabulary {
    words: Vec<String>,
    endings: &'static [&'static str],
    /// Sums of 1/n up to each word.
    sums: Vec<f64>,
}

const VOCABULARY: usize = 40_000;

impl Vocabulary {
    fn new(code: &str, random: &mut Random) -> Self {
        let vowels: Vec<char> = if code == "da" { "aeiouyæøå" } else { "aeiouyäöå" }.chars().collect();
        let consonants: Vec<char> = "bdfghjklmnprstv".chars().collect();
        let endings: &[&str] = if code == "da" { &["", "", "en", "erne", "s"] } else { &["", "", "en", "arna", "s"] };
        let mut pick = |from: &[char]| from[random.below(from.len())];
        let mut sum = 0.0;
        let (mut words, mut sums) = (Vec::new(), Vec::new());
        for n in 1..=VOCABULARY {
            let syllables = 1 + (n as f64).log(30.0) as usize;
            let letters = (0..syllables).flat_map(|_| [pick(&consonants), pick(&vowels), pick(&consonants)]);
            words.push(letters.collect());
            sum += 1.0 / n as f64;
            sums.push(sum);
        }
        Self { words, endings, sums }
    }

    fn word(&self, random: &mut Random) -> String {
        let at = random.unit() * self.sums[VOCABULARY - 1];
        let number = self.sums.partition_point(|&sum| sum < at).min(VOCABULARY - 1);
        let ending = if number < 100 { "" } else { self.endings[random.below(self.endings.len())] };
        format!("{}{ending}", self.words[number])
    }
}
