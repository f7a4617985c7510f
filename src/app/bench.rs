//! Experiments: what a relevance measurement consists of, declared in a file, and run the same way every time.
//!
//! A figure is worth something only if it can be had again: with the same documents, topics, judgements and options.
//! So an [`Experiment`] names all of them, and what comes out is held against what was recorded, from both sides: a
//! rise that nobody expected is as suspicious as a fall. The index is checked first, because figures of another index
//! mean nothing.
//!
//! An index is kept between runs and used again while it was made from the same files with the same options. What made
//! it is written beside it, since an index does not say all of that itself. Whoever changes how articles are read asks
//! for a new one. Rejected: a stamp of the program in the index, which would make every build index all anew.

mod experiment;
mod kept;
mod setting;

use std::collections::BTreeMap;
use std::collections::HashSet;
use std::io;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;
use std::time::Instant;

use rayon::iter::IntoParallelRefIterator;
use rayon::iter::ParallelIterator;

use crate::app;
use crate::app::BatchOptions;
use crate::app::BatchQuery;
use crate::app::Progress;
use crate::app::SearchError;
use crate::app::bench::kept::Kept;
use crate::engine::EngineError;
use crate::engine::Plain;
use crate::engine::Searcher;
use crate::engine::WriterOptions;
use crate::eval::EvalError;
use crate::eval::Evaluation;
use crate::eval::LEVELS;
use crate::eval::Options;
use crate::eval::Order;
use crate::eval::Qrels;
use crate::eval::Retrieved;
use crate::eval::Run;
use crate::eval::Topic;
use crate::eval::Topics;
use crate::eval::evaluate;
use crate::eval::precision_at_recall;
use crate::lang::Language;
use crate::source;

pub use crate::app::bench::experiment::ALL;
pub use crate::app::bench::experiment::Experiment;
pub use crate::app::bench::experiment::Figures;
pub use crate::app::bench::setting::Ranker;
pub use crate::app::bench::setting::Setting;
pub use crate::app::bench::setting::SettingValue;

/// Runs experiments on indexes that it keeps in one folder.
pub struct Bench {
    dir: PathBuf,
    writer: WriterOptions,
    rebuild: bool,
    pool: rayon::ThreadPool,
    /// The indexes that this bench has made itself.
    made: HashSet<String>,
}

/// An index that an experiment runs on.
#[derive(Debug, Clone, PartialEq)]
pub struct Indexed {
    /// Where it is.
    pub dir: PathBuf,
    /// How many documents it holds, by language.
    pub documents: BTreeMap<String, u64>,
    /// How long it took to make, in seconds, whenever that was.
    pub seconds: f64,
    /// Bytes of text that were read.
    pub text_bytes: u64,
    /// Bytes of the index by kind of file.
    pub bytes: BTreeMap<String, u64>,
    /// The number of its format.
    pub format: u32,
    /// The stamp of the analysis.
    pub analysis: String,
    /// Whether it was there already.
    pub reused: bool,
}

/// What an experiment came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The values, topic by topic.
    pub evaluation: Evaluation,
    /// The figures, by group of topics ([`Experiment`] says which there are) and measure.
    pub figures: Figures,
    /// Which judged topics each group has, by their places in the evaluation.
    pub groups: BTreeMap<String, Vec<usize>>,
    /// Interpolated precision by recall.
    pub curve: [f64; LEVELS],
    /// What was found.
    pub run: Run,
    /// What was judged.
    pub qrels: Qrels,
    /// What was asked.
    pub topics: Topics,
    /// How long all topics took together, in seconds.
    pub seconds: f64,
    /// How many threads answered them.
    pub threads: usize,
}

/// Why an experiment cannot be read or run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BenchError {
    /// A file cannot be read or written.
    #[error("{}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The experiment is not TOML, or lacks a key, or has one that means nothing.
    #[error("{}: {cause}", .path.display())]
    Form {
        /// The experiment.
        path: PathBuf,
        /// What is wrong, with the line where the parser knows it.
        cause: String,
    },
    /// A path begins with a variable that is not set.
    #[error("the environment variable {0} is not set")]
    Unset(String),
    /// Something of the corpus could not be read, so the figures would be those of another corpus.
    #[error("the corpus is not whole: {0}")]
    Corpus(String),
    /// The vocabulary cannot be used.
    #[error("the vocabulary cannot be used: {0}")]
    Vocabulary(String),
    /// The index cannot be made or opened.
    #[error("the index of the experiment failed")]
    Engine(#[from] EngineError),
    /// A topic cannot be answered.
    #[error("topic {topic} cannot be answered")]
    Topic {
        /// Its id.
        topic: String,
        /// Why.
        source: SearchError,
    },
    /// Topics or judgements cannot be read or used.
    #[error("{}", .path.display())]
    Eval {
        /// The file.
        path: PathBuf,
        /// Why.
        source: EvalError,
    },
    /// No threads could be started.
    #[error("threads could not be started")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

impl Bench {
    /// A bench whose indexes lie in `dir`. With `rebuild` every index is made anew, once.
    ///
    /// # Errors
    /// When no threads can be started.
    pub fn new(dir: PathBuf, writer: WriterOptions, threads: usize, rebuild: bool) -> Result<Self, BenchError> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        Ok(Self { dir, writer, rebuild, pool, made: HashSet::new() })
    }

    /// The index for `experiment` under `setting`: that of an earlier run if nothing has changed, else a new one.
    ///
    /// # Errors
    /// When a file of the corpus cannot be read, or the index not be written.
    pub fn index(
        &mut self,
        experiment: &Experiment,
        setting: &Setting,
        progress: &dyn Progress,
    ) -> Result<Indexed, BenchError> {
        let name = experiment.index_name(setting);
        let vocabulary = experiment.vocabulary()?;
        let kept = Kept::new(&self.dir, &name, experiment.paths()?, experiment.titles()?, vocabulary, setting);
        let made_before = self.made.contains(&name);
        let (cost, reused) = kept.bring_up_to_date(self.writer, self.rebuild && !made_before, progress)?;
        if !reused {
            self.made.insert(name);
        }
        let inspection = Searcher::open(kept.dir(), setting.ranking)?.inspect()?;
        let documents = inspection.languages.into_iter().map(|(code, stats)| (code, stats.documents));
        Ok(Indexed {
            dir: kept.dir().to_owned(),
            documents: documents.filter(|(_, documents)| *documents > 0).collect(),
            seconds: cost.seconds,
            text_bytes: cost.text_bytes,
            bytes: inspection.bytes,
            format: inspection.format,
            analysis: inspection.analysis,
            reused: reused && !made_before,
        })
    }

    /// Answers the topics of `experiment` on `indexed`, and evaluates the answers.
    ///
    /// # Errors
    /// When topics or judgements cannot be read, or a topic not be answered.
    pub fn search(
        &self,
        experiment: &Experiment,
        setting: &Setting,
        indexed: &Indexed,
    ) -> Result<Measured, BenchError> {
        let system = self.system(setting, indexed)?;
        let topics_path = experiment.topics()?;
        let mut topics = Topics::parse(&read(&topics_path)?).map_err(|source| eval(&topics_path, source))?;
        topics.retain(|topic| experiment.asks(topic));
        let qrels_path = experiment.qrels()?;
        let qrels =
            Qrels::parse(&read(&qrels_path)?).and_then(|qrels| qrels.restricted(|topic| experiment.asks(topic)));
        let qrels = qrels.map_err(|source| eval(&qrels_path, source))?;
        let query = |topic: &Topic| {
            let lang = topic.lang.as_deref().filter(|_| setting.query_language).and_then(Language::by_code);
            BatchQuery { id: topic.id.clone(), text: topic.text.clone(), lang }
        };
        let queries: Vec<_> = topics.iter().map(query).collect();
        let start = Instant::now();
        let answers: Vec<Result<_, _>> =
            self.pool.install(|| queries.par_iter().map(|query| system.answer(query, setting)).collect());
        let seconds = start.elapsed().as_secs_f64();
        let mut rows = Vec::new();
        for (query, answer) in queries.iter().zip(answers) {
            let ranked = answer.map_err(|source| BenchError::Topic { topic: query.id.clone(), source })?;
            let row = |((doc, score), rank)| (query.id.as_str(), Retrieved { doc, rank, score: f64::from(score) });
            rows.extend(ranked.into_iter().zip(1..).map(row));
        }
        let run = Run::from_rows(&experiment.name, rows).map_err(|source| eval(&topics_path, source))?;
        // Our own ranks: an evaluator that goes by score breaks ties in an order of its own.
        let how = Options { order: Order::Rank, present_only: false };
        let evaluation =
            evaluate(&qrels, &run, &experiment.measures, &how).map_err(|source| eval(&qrels_path, source))?;
        let curve = precision_at_recall(&qrels, &run, &how);
        let groups = experiment::groups(&evaluation.topics, &topics);
        let figures = groups.iter().map(|(group, places)| (group.clone(), experiment::figures(&evaluation, places)));
        let figures = figures.collect();
        let threads = self.pool.current_num_threads();
        Ok(Measured { evaluation, figures, groups, curve, run, qrels, topics, seconds, threads })
    }

    fn system(&self, setting: &Setting, indexed: &Indexed) -> Result<System, BenchError> {
        let searcher = Searcher::open(&indexed.dir, setting.ranking)?;
        match setting.system {
            Ranker::Snotra => Ok(System::Snotra(Box::new(searcher))),
            Ranker::Plain => {
                let dir = kept::plain(&indexed.dir, &searcher, setting.lang, self.writer)?;
                Ok(System::Plain(Plain::open(&dir, searcher.languages())?))
            }
        }
    }
}

/// A system that is ready to answer.
enum System {
    Snotra(Box<Searcher>),
    Plain(Plain),
}

impl System {
    /// The best documents for `query` with their scores.
    fn answer(&self, query: &BatchQuery, setting: &Setting) -> Result<Vec<(&str, f32)>, SearchError> {
        match self {
            Self::Snotra(searcher) => {
                let how = BatchOptions {
                    depth: setting.depth,
                    across: setting.across,
                    lang: setting.lang,
                    ..BatchOptions::default()
                };
                let ranked = app::batch(searcher, query, &how)?;
                Ok(ranked.into_iter().map(|hit| (hit.id, hit.score)).collect())
            }
            Self::Plain(plain) => Ok(plain.search(&query.text, query.lang, setting.depth)?),
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, BenchError> {
    let io = |source| BenchError::Io { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    source::open(path).map_err(io)?.read_to_end(&mut bytes).map_err(io)?;
    Ok(bytes)
}

fn eval(path: &Path, source: EvalError) -> BenchError {
    BenchError::Eval { path: path.to_owned(), source }
}
