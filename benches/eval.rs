//! How fast `snotra eval` is beside the least that any reader of runs must do: find the lines and the fields.
//!
//! Runs and judgements are made up, seeded, so that every machine has the same bytes: 20 runs of 5,000 topics by 1,000
//! documents, or fewer with `-- --quick`. Their ids, scores, ties and relevant documents are distributed like those of
//! real runs, and the scores are printed in the three ways that are common, because that decides how they are read:
//! shortest single precision, six decimals, shortest double precision.
//!
//! The yardstick is this program, started again as a process of its own: it reads the same files with as many threads,
//! cuts them at line feeds and at white space with what the standard library has for it, and sums the lengths of the
//! fields. It converts, keeps and compares nothing. Both take turns.
//!
//! Where the Python that `SNOTRA_PYTHON` names (else `python3`) has pytrec_eval or ranx, two of the runs are also given
//! to these, by `eval_peers.py`.
//!
//! Rejected: `wc` and `awk` as yardsticks (one thread, and another of each on every system), and a yardstick with
//! `memchr` (it is what Snotra could be made of, not what somebody would write first).

mod support;

use std::fs::File;
use std::io::BufRead;
use std::io::BufReader;
use std::io::BufWriter;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::ExitCode;

use rayon::iter::IntoParallelIterator;
use rayon::iter::IntoParallelRefIterator;
use rayon::iter::ParallelIterator;

use support::Outcome;
use support::Random;
use support::Run;
use support::Spread;
use support::machine;
use support::measure;
use support::plural;

const SNOTRA: &str = env!("CARGO_BIN_EXE_snotra");
const PEERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/eval_peers.py");
/// What the yardstick's process is told to do.
const SPLIT: &str = "--split";
/// What `snotra eval` takes by itself, and its peers are asked.
const MEASURES: &str = "nDCG@10,AP,RR,P@10,R@100,R@1000";
const DEPTH: usize = 1000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.split_first() {
        Some((first, files)) if first == SPLIT => split_all(files),
        // `cargo test --all-targets` starts benches too, without this.
        _ if !arguments.iter().any(|argument| argument == "--bench") => Ok(()),
        _ => run(arguments.iter().any(|argument| argument == "--quick")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(quick: bool) -> Outcome<()> {
    let scratch = tempfile::tempdir()?;
    let (systems, topics) = if quick { (4, 500) } else { (20, 5000) };
    let input = made_up(scratch.path(), systems, topics)?;
    let bench = Bench { input, dir: scratch.path(), rounds: if quick { 5 } else { 3 } };
    bench.describe(quick)?;
    let cores = std::thread::available_parallelism()?.get();
    println!("\n| measured | snotra eval | line and field split | ratio | by processor time | target | |");
    println!("|---|---|---|---|---|---|---|");
    bench.against_split(cores)?;
    if cores > 1 {
        bench.against_split(1)?;
    }
    println!("\n| one thread, processor seconds | | share |\n|---|---|---|");
    bench.parts()?;
    println!(
        "\n| 2 runs, one thread | whole process, s | its processor time, s | peak memory, MB | snotra eval is faster by |"
    );
    println!("|---|---|---|---|---|");
    bench.peers()
}

/// What is evaluated.
struct Input {
    qrels: PathBuf,
    runs: Vec<PathBuf>,
    lines: usize,
    bytes: u64,
}

struct Bench<'b> {
    input: Input,
    dir: &'b Path,
    rounds: usize,
}

impl Bench<'_> {
    fn describe(&self, quick: bool) -> Outcome<()> {
        let output = Command::new(SNOTRA).arg("--version").output()?;
        let Input { runs, lines, bytes, .. } = &self.input;
        println!("Program: {}.", String::from_utf8(output.stdout)?.trim());
        println!("Machine: {}.", machine()?);
        println!("Input, made up: {} runs, {lines} lines, {:.0} MB; {MEASURES}.", runs.len(), *bytes as f64 / 1e6);
        let trial = if quick { "; quick mode, so take it as a trial" } else { "" };
        println!("Each figure: the median (least to most) of {} runs of each program, in turn{trial}.", self.rounds);
        println!("Command: snotra eval QRELS RUN... --threads N");
        Ok(())
    }

    fn eval(&self, runs: &[PathBuf], threads: usize, measures: &str) -> Outcome<Run> {
        let mut command = Command::new(SNOTRA);
        command.arg("eval").arg(&self.input.qrels).args(runs);
        command.args(["--threads", &threads.to_string(), "--measures", measures]);
        measure(command, &self.dir.join("figures"), &[0])
    }

    fn split(&self, threads: usize) -> Outcome<Run> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(SPLIT).arg(threads.to_string()).args(&self.input.runs);
        measure(command, &self.dir.join("lengths"), &[0])
    }

    fn against_split(&self, threads: usize) -> Outcome<()> {
        // Once without a measurement, so that the system has the files.
        self.split(threads)?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..self.rounds {
            ours.push(self.eval(&self.input.runs, threads, MEASURES)?);
            theirs.push(self.split(threads)?);
        }
        let spread = |runs: &[Run], figure: fn(&Run) -> f64| Spread::of(runs.iter().map(figure));
        let ratio = |figure: fn(&Run) -> f64| {
            Spread::of(ours.iter().zip(&theirs).map(|(ours, theirs)| figure(ours) / figure(theirs)))
        };
        let with = plural(threads, "thread");
        let (wall, processor) = (ratio(|run| run.seconds), ratio(|run| run.processor));
        println!(
            "| {with}, s | {} | {} | {} | {} | ≤ 2 | {} |",
            spread(&ours, |run| run.seconds),
            spread(&theirs, |run| run.seconds),
            wall.ratio(),
            processor.ratio(),
            verdict(wall.median, 2.0),
        );
        println!(
            "| {with}, processor seconds | {} | {} | | | | |",
            spread(&ours, |run| run.processor),
            spread(&theirs, |run| run.processor),
        );
        let peak = spread(&ours, megabytes);
        let reached = verdict(peak.median, 2000.0);
        println!("| {with}, peak memory, MB | {peak} | {} | | | ≤ 2000 | {reached} |", spread(&theirs, megabytes));
        Ok(())
    }

    /// Where the time goes: each part is what a run with it takes more than one without.
    fn parts(&self) -> Outcome<()> {
        let [mut reading, mut measuring, mut testing, mut total] = [const { Vec::<f64>::new() }; 4];
        for _ in 0..self.rounds {
            let mut alone = [0.0; 2];
            for run in &self.input.runs {
                for (sum, measures) in alone.iter_mut().zip(["NumRet", MEASURES]) {
                    *sum += self.eval(std::slice::from_ref(run), 1, measures)?.processor;
                }
            }
            let all = self.eval(&self.input.runs, 1, MEASURES)?.processor;
            reading.push(alone[0]);
            measuring.push(alone[1] - alone[0]);
            testing.push(all - alone[1]);
            total.push(all);
        }
        let tests = (self.input.runs.len() - 1) * MEASURES.split(',').count();
        let whole = Spread::of(total.iter().copied());
        for (name, seconds) in [
            ("reading the runs, ranking, looking up grades".to_owned(), reading),
            ("measures".to_owned(), measuring),
            (format!("{tests} comparisons: signs, resamples, t-tests"), testing),
        ] {
            let seconds = Spread::of(seconds.into_iter());
            println!("| {name} | {seconds} | {:.0} % |", 100.0 * seconds.median / whole.median);
        }
        println!("| all | {whole} | |");
        Ok(())
    }

    /// Other programs, on two of the runs.
    fn peers(&self) -> Outcome<()> {
        let runs = &self.input.runs[..2];
        let python = std::env::var_os("SNOTRA_PYTHON").unwrap_or_else(|| "python3".into());
        let command = |peer: &str| {
            let mut command = Command::new(&python);
            command.arg(PEERS).arg(peer).arg(&self.input.qrels).args(runs).env("NUMBA_NUM_THREADS", "1");
            command
        };
        let mut absent = Vec::new();
        let figures = self.dir.join("figures of a peer");
        for peer in ["pytrec_eval", "ranx"] {
            let version = Command::new(&python).arg(PEERS).arg("--version").arg(peer).output();
            let Ok(version) =
                version.map_err(drop).and_then(|output| output.status.success().then_some(output).ok_or(()))
            else {
                absent.push(peer);
                continue;
            };
            // The first round only warms caches: that of the files, and that of ranx's compiled functions.
            measure(command(peer), &figures, &[0])?;
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            let rounds = self.rounds.min(3);
            for _ in 0..rounds {
                ours.push(self.eval(runs, 1, MEASURES)?);
                theirs.push(measure(command(peer), &figures, &[0])?);
            }
            let name = format!("{peer} {}", String::from_utf8(version.stdout)?.trim());
            let ratio = Spread::of(ours.iter().zip(&theirs).map(|(ours, theirs)| theirs.processor / ours.processor));
            for (name, runs, ratio) in [("snotra eval", &ours, String::new()), (&name, &theirs, ratio.ratio())] {
                let [wall, processor, peak] = [|run: &Run| run.seconds, |run: &Run| run.processor, megabytes]
                    .map(|figure| Spread::of(runs.iter().map(figure)));
                println!("| {name} | {wall} | {processor} | {peak} | {ratio} |");
            }
            print!("{}", std::fs::read_to_string(&figures)?);
        }
        if !absent.is_empty() {
            println!("\nNot compared: {}, which {} lacks.", absent.join(" and "), python.display());
        }
        Ok(())
    }
}

fn megabytes(run: &Run) -> f64 {
    run.peak.map_or(f64::NAN, |bytes| bytes as f64 / 1e6)
}

fn verdict(value: f64, most: f64) -> &'static str {
    match value.partial_cmp(&most) {
        None => "n/a",
        Some(std::cmp::Ordering::Greater) => "missed",
        Some(_) => "reached",
    }
}

/// The yardstick: the number of threads and the files.
fn split_all(arguments: &[String]) -> Outcome<()> {
    let (threads, files) = arguments.split_first().ok_or("no number of threads")?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.parse()?).build()?;
    let lengths: Result<Vec<_>, _> = pool.install(|| files.par_iter().map(|file| split(Path::new(file))).collect());
    let (lines, length) = lengths?.into_iter().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
    println!("{lines} lines, {length} bytes in fields");
    Ok(())
}

/// The lines, and the bytes in fields.
fn split(file: &Path) -> std::io::Result<(usize, usize)> {
    let mut reader = BufReader::with_capacity(128 * 1024, File::open(file)?);
    let mut line = Vec::new();
    let (mut lines, mut length) = (0, 0);
    while reader.read_until(b'\n', &mut line)? > 0 {
        lines += 1;
        for field in line.split(u8::is_ascii_whitespace) {
            length += field.len();
        }
        line.clear();
    }
    Ok((lines, length))
}

/// How many documents a topic is about, more or less: what systems choose from. A prime.
const POOL: usize = 2003;
/// How many documents there are. A prime.
const DOCUMENTS: usize = 200_003;
/// How many documents of a topic are judged.
const JUDGED: usize = 40;

/// Makes runs of [`DEPTH`] documents a topic up, and judgements.
///
/// Each topic has a pool of documents. Every system has an order of its own for it, into which the judged documents
/// are moved towards the top, the relevant ones more than the others and by good systems more than by bad ones.
fn made_up(dir: &Path, systems: usize, topics: usize) -> Outcome<Input> {
    let qrels = dir.join("qrels");
    let mut file = BufWriter::new(File::create(&qrels)?);
    for topic in 0..topics {
        let pool = Topic::new(topic);
        for (at, grade) in pool.grades().enumerate() {
            writeln!(file, "{} 0 {} {grade}", pool.id, pool.doc(at))?;
        }
    }
    file.flush()?;
    let paths: Vec<_> = (0..systems).map(|system| dir.join(format!("{system:02}.run"))).collect();
    let written: Result<Vec<u64>, _> =
        (0..systems).into_par_iter().map(|system| write_run(&paths[system], system, topics)).collect();
    Ok(Input { qrels, runs: paths, lines: systems * topics * DEPTH, bytes: written?.iter().sum() })
}

struct Topic {
    id: String,
    number: usize,
    first: usize,
    step: usize,
}

impl Topic {
    fn new(number: usize) -> Self {
        let mut random = Random(number as u64);
        let id = format!("{}-{:04}", ["daM", "daQ", "svM", "svQ"][number % 4], number / 4 + 1);
        Self { id, number, first: random.below(DOCUMENTS), step: 1 + random.below(DOCUMENTS - 1) }
    }

    /// The id of a document of the pool.
    fn doc(&self, at: usize) -> String {
        let number = (self.first + at * self.step) % DOCUMENTS;
        format!("{}-{}-{}", ["da", "sv"][self.number % 4 / 2], 1985 + number % 40, 1 + number / 40)
    }

    /// The grades of the judged documents, which come first in the pool.
    fn grades(&self) -> impl Iterator<Item = i32> + use<> {
        let mut random = Random(!(self.number as u64));
        (0..JUDGED).map(move |_| [0, 0, 0, 0, 0, 0, 1, 1, 2, 3][random.below(10)])
    }
}

fn write_run(path: &Path, system: usize, topics: usize) -> std::io::Result<u64> {
    let mut random = Random((1 + system as u64) << 32);
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut bytes = 0;
    let mut order: Vec<usize> = Vec::new();
    let mut line = Vec::new();
    for number in 0..topics {
        let topic = Topic::new(number);
        let (first, step) = (random.below(POOL), 1 + random.below(POOL - 1));
        order.clear();
        order.extend((0..POOL).map(|at| (first + at * step) % POOL));
        for (doc, grade) in topic.grades().enumerate() {
            let from = order.iter().position(|&other| other == doc).unwrap_or(0);
            let skill = 1.0 + f64::from(grade) + 0.1 * (system % 7) as f64;
            let to = (POOL as f64 * random.unit().powf(skill)) as usize;
            order.swap(from, to);
        }
        let mut score = 20.0 + 10.0 * random.unit();
        for (rank, &doc) in (1..=DEPTH).zip(&order) {
            // One score in ten is that of the document before.
            if random.below(10) > 0 {
                score *= 1.0 - 0.004 * random.unit();
            }
            let id = topic.doc(doc);
            line.clear();
            write!(line, "{} Q0 {id} {rank} ", topic.id)?;
            match system % 3 {
                0 => write!(line, "{}", score as f32)?,
                1 => write!(line, "{score:.6}")?,
                _ => write!(line, "{score}")?,
            }
            writeln!(line, " system-{system:02}")?;
            bytes += line.len() as u64;
            file.write_all(&line)?;
        }
    }
    file.flush()?;
    Ok(bytes)
}
