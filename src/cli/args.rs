//! What can be typed. Kept apart from what it means: this file is only the surface, with the help that teaches it.

use std::path::PathBuf;

use clap::Args;
use clap::Parser;
use clap::Subcommand;
use clap::ValueEnum;

use crate::doc::Date;
use crate::engine::Facet;
use crate::engine::Profile;
use crate::engine::Ranking;
use crate::engine::Sort;
use crate::eval::FAMILIES;
use crate::eval::Measure;
use crate::eval::Order;
use crate::lang::LANGUAGES;
use crate::lang::Language;
use crate::output::run::RUN_FORMATS;
use crate::output::run::RunFormat;
use crate::output::table::TABLE_FORMATS;
use crate::output::table::TableFormat;
use crate::query::Across;

/// Full-text search that understands Nordic policy text.
#[derive(Debug, Parser)]
#[command(
    name = "snotra",
    version = VERSION,
    about = "Full-text search that understands Nordic policy text",
    long_about = "Full-text search that understands Nordic policy text: it knows inflected forms, finds words typed \
        without å, æ, ä, ø and ö, and shows the sentences that answer.\n\nEverything stays on this machine: Snotra opens \
        no network connection and sends nothing anywhere.",
    after_help = "Begin with:\n  snotra demo                           see what it does, on articles that come with it\n  \
        snotra index ~/articles               index a folder\n  \
        snotra search regelforenkling         search it\n\n\
        Exit codes: 0 done, 1 done and nothing found, 2 an error (also when the rest was done).",
    disable_help_subcommand = true
)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (index format 3)");

/// What every command takes.
#[derive(Debug, Args)]
pub(super) struct Global {
    /// The index: a folder that Snotra makes and keeps [default: index/default in the current folder]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "SNOTRA_INDEX",
        default_value = DEFAULT_INDEX,
        hide_default_value = true
    )]
    pub(super) index: PathBuf,
    /// Answer in JSON (see docs/json.md)
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Colours: `auto` uses them on a terminal unless NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(super) color: Color,
    /// Say nothing but answers and errors
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Say more about what is done
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
}

/// Where the index is that nobody named.
pub(super) const DEFAULT_INDEX: &str = "index/default";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read articles and bring the index up to date with them
    Index(Index),
    /// Forget files, folders or single documents
    Remove(Remove),
    /// Find the best passages of the best articles
    Search(Search),
    /// Answer many queries for a program: JSON Lines, TREC runs or TSV
    Batch(Batch),
    /// Hold runs against relevance judgements, and against each other
    Eval(Eval),
    /// See what moved between two runs, and why
    Compare(Compare),
    /// Gather what several runs have near the top and nobody has judged
    Pool(Pool),
    /// Grade the documents of a pool, one key each
    Judge(Judge),
    /// Run declared relevance experiments, and hold their figures against those recorded
    Bench(Bench),
    /// Make a page of what experiments came to, with tables, charts and the worst topics
    Report(Report),
    /// Show what becomes of a text, step by step
    Analyze(Analyze),
    /// Show what an index holds
    Inspect(Inspect),
    /// Print an article as it is indexed
    Show(Show),
    /// Index the articles that come with Snotra and search them
    Demo(Demo),
    /// Print a completion script for a shell
    Completions(Completions),
    /// Print the manual page
    #[command(after_help = "Example:\n  snotra man | man -l -")]
    Man,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    snotra index articles/                 index a folder, again to bring it up to date\n  \
    snotra index news/ laws.jsonl.zst      several at once\n  \
    snotra index                           bring all that was indexed before up to date\n  \
    snotra index --languages da news/      all articles are Danish or in no known language\n  \
    snotra index --index /tmp/x news/      an index somewhere else\n  \
    snotra index --vocabulary my.tsv news/ with words of your own\n\n\
    Reads .txt, .md, .html and .jsonl, each also as .gz and .zst; ignore files (.gitignore, .ignore) are honoured,\n\
    links below a folder are not followed. A file that has not changed is not read again. A file that is gone is\n\
    forgotten when its folder is named again.\n\n\
    A vocabulary is a text file with a line for a word: a language, what is said, and of which word.\n  \
    da  whole  nemkonto                    never split it\n  \
    da  split  digital+post+løsning        split it so\n  \
    da  lemma  bøgerne  bog                a form, and the word that it is found with\n\
    `#` begins a comment. docs/languages.md says more; `snotra analyze --vocabulary FILE TEXT` shows what it does.")]
pub(super) struct Index {
    /// Files and folders; none: those that the index knows
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Languages that an article may be in
    #[arg(long, value_name = "CODES", value_delimiter = ',', value_parser = language)]
    pub(super) languages: Vec<&'static Language>,
    /// Take every article to be in this language
    #[arg(long, value_name = "CODE", value_parser = language, conflicts_with = "languages")]
    pub(super) force_lang: Option<&'static Language>,
    /// Detect the language even where a record declares it
    #[arg(long, conflicts_with = "force_lang")]
    pub(super) ignore_declared_lang: bool,
    /// What you say of words: a text file, which the index keeps. It takes another one with --rebuild only
    #[arg(long, value_name = "FILE")]
    pub(super) vocabulary: Option<PathBuf>,
    /// With --rebuild: forget the vocabulary that the index has
    #[arg(long, conflicts_with = "vocabulary")]
    pub(super) no_vocabulary: bool,
    /// Keep articles whose files are gone
    #[arg(long)]
    pub(super) keep_missing: bool,
    /// Build the index again from nothing, from what it was given before
    #[arg(long)]
    pub(super) rebuild: bool,
    #[command(flatten)]
    pub(super) machine: Machine,
}

/// How much of the machine may be used.
#[derive(Debug, Args)]
pub(super) struct Machine {
    /// Threads to use [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) threads: Option<u16>,
    /// Megabytes that indexing may fill before it writes
    #[arg(long, value_name = "MB", default_value_t = 200, value_parser = clap::value_parser!(u32).range(16..=65536))]
    pub(super) memory: u32,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    snotra remove articles/2019            forget a folder\n  \
    snotra remove kommunenyt-3             forget a document by its id")]
pub(super) struct Remove {
    /// Paths, or ids of documents
    #[arg(value_name = "PATH|ID", required = true)]
    pub(super) targets: Vec<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    snotra search regelforenkling          any inflected form, also typed without the Nordic letters\n  \
    snotra search '\"digital post\" +kommune -skat'\n  \
    snotra search 'title:budget date:2020..2022 lang:sv'\n  \
    snotra search 'digitaliser* komune~'   words that begin so; words that are nearly so\n  \
    snotra search --like kommunenyt-3 --since 2023   what is about the same as an article\n  \
    snotra search --json Digital Post | jq '.hits[0]'\n\n\
    The query: any word may match, and more and rarer ones rank higher. \"...\" is a phrase, +word must match, -word\n\
    must not; AND, OR and NOT in capitals, with brackets; title:, lang:, date:, source:; prefix* and fuzzy~.")]
pub(super) struct Search {
    /// What to look for; several arguments are one query
    #[arg(value_name = "QUERY", required_unless_present = "like", allow_hyphen_values = false)]
    pub(super) query: Vec<String>,
    /// Instead of a query: articles that are about the same as the one with this id
    #[arg(long, value_name = "ID", conflicts_with_all = ["query", "strict"])]
    pub(super) like: Option<String>,
    /// How many articles
    #[arg(short = 'n', long = "limit", value_name = "N", default_value_t = 10)]
    pub(super) limit: usize,
    /// How many articles to leave out before them
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) offset: usize,
    /// Only articles in this language, or with a passage in it
    #[arg(long, value_name = "CODE", value_parser = language)]
    pub(super) lang: Option<&'static Language>,
    /// The language that the query is written in: others weigh less, none is left out
    #[arg(long, value_name = "CODE", value_parser = language)]
    pub(super) query_lang: Option<&'static Language>,
    /// Only articles of this day and later
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) since: Option<Date>,
    /// Only articles of this day and earlier
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) until: Option<Date>,
    /// Only articles of this publisher
    #[arg(long, value_name = "NAME")]
    pub(super) source: Option<String>,
    /// The order
    #[arg(long, value_name = "ORDER", default_value = "relevance", value_parser = sort)]
    pub(super) sort: Sort,
    /// Count all that was found by year, source or lang
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = facet)]
    pub(super) facets: Vec<Facet>,
    /// Show articles that say the same each for itself
    #[arg(long)]
    pub(super) no_group: bool,
    /// Say what every word contributed to every score
    #[arg(long)]
    pub(super) explain: bool,
    /// Refuse a query with a stray quote or bracket instead of searching what is meant
    #[arg(long)]
    pub(super) strict: bool,
    /// Say how long it took (in JSON: adds `timing`)
    #[arg(long)]
    pub(super) timing: bool,
    #[command(flatten)]
    pub(super) across: AcrossArgs,
    #[command(flatten)]
    pub(super) ranking: RankingArgs,
}

/// Whether to look into related languages.
#[derive(Debug, Args)]
pub(super) struct AcrossArgs {
    /// Look for what the words are called in Danish, Swedish and Norwegian: on (behind what is in the query's own
    /// language), off, or only there [default: on; with --profile fast, off]
    #[arg(long, value_name = "WHEN", hide_possible_values = true, overrides_with = "no_across")]
    across: Option<AcrossArg>,
    /// The same as --across off
    #[arg(long, overrides_with = "across")]
    no_across: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AcrossArg {
    On,
    Off,
    Only,
}

impl AcrossArgs {
    pub(super) fn across(&self, profile: Profile) -> Across {
        match self.across {
            _ if self.no_across => Across::Off,
            None if !profile.looks_across() => Across::Off,
            None | Some(AcrossArg::On) => Across::On,
            Some(AcrossArg::Off) => Across::Off,
            Some(AcrossArg::Only) => Across::Only,
        }
    }
}

/// What can be set in the ranking.
#[derive(Debug, Args)]
#[command(next_help_heading = "Ranking")]
pub(super) struct RankingArgs {
    /// How much the order may cost: fast (no words that begin alike or stand side by side, no related languages),
    /// balanced, or best (the best 1,000 are looked at again, not 200)
    #[arg(long, value_name = "NAME", default_value = "balanced", value_parser = profile)]
    pub(super) profile: Profile,
    /// BM25: how slowly repeated words saturate, in texts of 400 words on average
    #[arg(long, value_name = "X", default_value_t = Ranking::default().k1, value_parser = not_negative)]
    pub(super) k1: f32,
    /// BM25: how much length counts, from 0 to 1; less where texts are short on average
    #[arg(long, value_name = "X", default_value_t = Ranking::default().b, value_parser = share)]
    pub(super) b: f32,
    /// What a word in the title is worth beside one in the body
    #[arg(long, value_name = "X", default_value_t = Ranking::default().title_weight, value_parser = not_negative)]
    pub(super) title_weight: f32,
    /// What a word near the beginning is worth beside one anywhere in the body
    #[arg(long, value_name = "X", default_value_t = Ranking::default().lead_weight, value_parser = not_negative)]
    pub(super) lead_weight: f32,
    /// What a part of a compound is worth beside a word on its own
    #[arg(long, value_name = "X", default_value_t = Ranking::default().part_weight, value_parser = not_negative)]
    pub(super) part_weight: f32,
    /// What the lesser of a compound and its parts counts beside the greater
    #[arg(long, value_name = "X", default_value_t = Ranking::default().part_tie, value_parser = share)]
    pub(super) part_tie: f32,
    #[arg(long, value_name = "X", value_parser = not_negative)]
    #[arg(help = unless_fast("What words that begin alike are worth beside the words themselves", Ranking::default().gram_weight))]
    pub(super) gram_weight: Option<f32>,
    /// What a word typed without its Nordic letters is worth beside an exact one
    #[arg(long, value_name = "X", default_value_t = Ranking::default().folded_weight, value_parser = share)]
    pub(super) folded_weight: f32,
    #[arg(long, value_name = "X", value_parser = not_negative)]
    #[arg(help = unless_fast("What two words side by side are worth, as a share of the rarer one", Ranking::default().adjacency))]
    pub(super) adjacency: Option<f32>,
    /// What the best article in a related language is worth beside the best in the query's own
    #[arg(long, value_name = "X", default_value_t = Ranking::default().foreign_weight, value_parser = share)]
    pub(super) foreign_weight: f32,
}

impl RankingArgs {
    pub(super) fn ranking(&self) -> Ranking {
        let profile = self.profile.of(Ranking::default());
        Ranking {
            k1: self.k1,
            b: self.b,
            title_weight: self.title_weight,
            lead_weight: self.lead_weight,
            part_weight: self.part_weight,
            part_tie: self.part_tie,
            gram_weight: self.gram_weight.unwrap_or(profile.gram_weight),
            folded_weight: self.folded_weight,
            adjacency: self.adjacency.unwrap_or(profile.adjacency),
            foreign_weight: self.foreign_weight,
            ..profile
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    snotra batch topics.tsv --format trec --depth 1000 > run.txt\n  \
    printf 'q1\\tDigital Post\\n' | snotra batch\n\n\
    A query is a line: `id<TAB>text`, `id<TAB>lang<TAB>text` (the language that it is written in; it never filters), or\n\
    {\"id\":..., \"text\":..., \"lang\":...}. Answers come in the order of the queries. A line that cannot be read is\n\
    reported with its number, the rest is answered, and the exit code is 2.")]
pub(super) struct Batch {
    /// A file of queries; `-` or nothing: standard input
    #[arg(value_name = "FILE", default_value = "-", hide_default_value = true)]
    pub(super) file: PathBuf,
    /// jsonl, trec or tsv
    #[arg(long, value_name = "NAME", default_value = "jsonl", value_parser = run_format)]
    pub(super) format: &'static RunFormat,
    /// How many documents for each query
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(super) depth: usize,
    /// The name of the run
    #[arg(long, value_name = "NAME", default_value = "snotra", value_parser = tag)]
    pub(super) tag: String,
    /// Read the texts as queries, with phrases and fields, rather than as plain words
    #[arg(long)]
    pub(super) syntax: bool,
    /// Only documents in this language, or with a passage in it
    #[arg(long, value_name = "CODE", value_parser = language)]
    pub(super) lang: Option<&'static Language>,
    /// Threads to use [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) threads: Option<u16>,
    #[command(flatten)]
    pub(super) across: AcrossArgs,
    #[command(flatten)]
    pub(super) ranking: RankingArgs,
}

#[derive(Debug, Args)]
#[command(after_help = eval_help())]
pub(super) struct Eval {
    /// Relevance judgements: lines of `topic 0 document grade`
    #[arg(value_name = "QRELS")]
    pub(super) qrels: PathBuf,
    /// Runs: lines of `topic Q0 document rank score tag`
    #[arg(value_name = "RUN", required = true)]
    pub(super) runs: Vec<PathBuf>,
    /// The measures; the first is the one whose tests are shown
    #[arg(long, value_name = "LIST", default_value = "nDCG@10,AP,RR,P@10,R@100,R@1000", value_parser = measures)]
    pub(super) measures: Measures,
    /// The run that the others are compared with, by its name or file [default: the first]
    #[arg(long, value_name = "RUN")]
    pub(super) baseline: Option<String>,
    /// Show the value of every topic too
    #[arg(long)]
    pub(super) per_topic: bool,
    /// Show each kind of topic too: what stands before the first hyphen of its id
    #[arg(long)]
    pub(super) by_prefix: bool,
    /// Leave out judged topics that a run does not answer, instead of counting them as zero
    #[arg(long)]
    pub(super) present_only: bool,
    /// What decides the order of documents: score (as trec_eval 9 reads it), double (at full precision) or rank
    #[arg(long, value_name = "NAME", default_value = "score", value_parser = order)]
    pub(super) order: Order,
    #[arg(long, value_name = "NAME", value_parser = table_format, help = table_formats())]
    pub(super) format: Option<&'static TableFormat>,
    /// Threads to use [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) threads: Option<u16>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    snotra compare qrels.txt old.run new.run --topics topics.tsv\n  \
    snotra compare qrels.txt old.run new.run --measure AP -n 20 --json\n  \
    snotra compare qrels.txt old.run new.run --topics topics.tsv --title-weight 3   as new.run was made\n\n\
    Shows the topics that moved most, with the relevant documents that rose or fell, and those graded lower or not\n\
    judged that they passed or fell behind. What each word is worth is asked of the index, with the ranking options\n\
    given here; -v explains more than one pair of documents a topic. The exit code is 1 if no topic moved.")]
pub(super) struct Compare {
    /// Relevance judgements: lines of `topic 0 document grade`
    #[arg(value_name = "QRELS")]
    pub(super) qrels: PathBuf,
    /// The run before the change: lines of `topic Q0 document rank score tag`
    #[arg(value_name = "BEFORE")]
    pub(super) before: PathBuf,
    /// The run after it
    #[arg(value_name = "AFTER")]
    pub(super) after: PathBuf,
    /// The topics that the runs answer: lines of `id<TAB>text` or `id<TAB>lang<TAB>text`
    #[arg(long, value_name = "FILE")]
    pub(super) topics: Option<PathBuf>,
    /// What to measure; `snotra eval --help` lists the measures
    #[arg(long, value_name = "NAME", default_value = "nDCG@10", value_parser = measure)]
    pub(super) measure: Measure,
    /// How many topics
    #[arg(short = 'n', long = "limit", value_name = "N", default_value_t = 5)]
    pub(super) limit: usize,
    /// Leave out judged topics that a run does not answer, instead of counting them as zero
    #[arg(long)]
    pub(super) present_only: bool,
    /// What decides the order of documents: score (as trec_eval 9 reads it), double (at full precision) or rank
    #[arg(long, value_name = "NAME", default_value = "score", value_parser = order)]
    pub(super) order: Order,
    /// Read the topics as queries, with phrases and fields, rather than as plain words
    #[arg(long)]
    pub(super) syntax: bool,
    #[command(flatten)]
    pub(super) ranking: RankingArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    snotra pool default.run titles.run -o pool.txt             nothing is judged yet\n  \
    snotra pool *.run --qrels qrels.txt --depth 10 -o pool.txt\n  \
    snotra judge pool.txt --topics topics.tsv -o qrels.txt     then judge it\n\n\
    Writes lines of `topic 0 document`, which are judgements once a grade is written behind them. Topics stand in the\n\
    order of the runs; the documents of a topic stand in an order that tells neither which run had them nor how high,\n\
    and is the same every time. The exit code is 1 if there is nothing to judge.")]
pub(super) struct Pool {
    /// Runs: lines of `topic Q0 document rank score tag`
    #[arg(value_name = "RUN", required = true)]
    pub(super) runs: Vec<PathBuf>,
    /// How many documents of each topic to take from each run
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) depth: u32,
    /// What is judged already: lines of `topic 0 document grade`
    #[arg(long, value_name = "FILE")]
    pub(super) qrels: Option<PathBuf>,
    /// The file to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// What decides the order of documents: score (as trec_eval 9 reads it), double (at full precision) or rank
    #[arg(long, value_name = "NAME", default_value = "score", value_parser = order)]
    pub(super) order: Order,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    snotra judge pool.txt --topics topics.tsv -o qrels.txt\n  \
    snotra pool *.run --qrels qrels.txt -o pool.txt && snotra judge pool.txt --topics topics.tsv -o qrels.txt\n\n\
    Shows the question, the article and its best passages, and takes a key: 0 to 3 for the grade, s to skip, u to undo,\n\
    t for the whole text, q to quit, ? for help. Every grade is on disk before the next question; the same command goes\n\
    on where it was left, and judgements that FILE has already stay as they are. From a pipe, every character is a key.\n\n\
    The exit code is 0 also after q, 1 if all was judged already, 2 if the index lacks documents of the pool.")]
pub(super) struct Judge {
    /// What to judge: lines of `topic 0 document`, as `snotra pool` writes them
    #[arg(value_name = "POOL")]
    pub(super) pool: PathBuf,
    /// The topics of the pool: lines of `id<TAB>text` or `id<TAB>lang<TAB>text`
    #[arg(long, value_name = "FILE", required = true)]
    pub(super) topics: PathBuf,
    /// The judgements: lines of `topic 0 document grade` are added to this file
    #[arg(short, long, value_name = "FILE", required = true)]
    pub(super) output: PathBuf,
    /// Read the topics as queries, with phrases and fields, rather than as plain words
    #[arg(long)]
    pub(super) syntax: bool,
}

/// Measures as typed: a list in one argument.
#[derive(Debug, Clone)]
pub(super) struct Measures(pub(super) Vec<Measure>);

fn eval_help() -> String {
    let measures: Vec<_> = FAMILIES.iter().map(|family| format!("  {:9} {}", family.name, family.summary)).collect();
    format!(
        "Measures:\n{}\n\n\
        @10 looks at the first ten documents, (rel=2) takes grades from 2 as relevant: AP(rel=2)@100.\n\n\
        Examples:\n  \
        snotra eval qrels.txt bm25.txt new.txt             two runs; the first is the baseline\n  \
        snotra eval qrels.txt *.run.gz --baseline bm25     any number; packed ones too\n  \
        snotra eval qrels.txt new.txt --measures P@5,RR --per-topic\n  \
        snotra batch topics.tsv --format trec | snotra eval qrels.txt -\n\n\
        Reads what trec_eval reads, also as .gz and .zst, and finds the same figures; a judged topic that a run does \
        not answer counts as zero. `-` is standard input. A dagger marks a difference from the baseline that is \
        significant; -v shows all tests, --json all there is.",
        measures.join("\n")
    )
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    snotra bench benches/quality/*.toml              all experiments of the project\n  \
    snotra bench --grid benches/quality/corpus.toml  what other values of its options would do\n  \
    snotra bench --update benches/quality/*.toml     record what comes out\n  \
    snotra bench --report docs/quality.md benches/quality/*.toml\n\n\
    An experiment is a TOML file: documents, topics, judgements, options, and the figures expected. A figure that \
    differs, upwards or downwards, and an index that holds other documents make the exit code 2. An experiment whose \
    paths need a variable that is not set (SNOTRA_DATA) is skipped. Indexes are kept in index/bench and used again.")]
pub(super) struct Bench {
    /// Experiments
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    /// Index anew, and write what comes out into the experiments and their records, as expected from now on
    #[arg(long)]
    pub(super) update: bool,
    /// Make the indexes anew: needed once articles are read in another way
    #[arg(long)]
    pub(super) rebuild: bool,
    /// Try the values in [grid] instead, option by option (each) or in all combinations (cross) [default: each]
    #[arg(
        long,
        value_name = "HOW",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "each",
        hide_default_value = true,
        hide_possible_values = true,
        conflicts_with = "update"
    )]
    pub(super) grid: Option<Grid>,
    /// With --grid: test each kind of topic too
    #[arg(long, requires = "grid")]
    pub(super) by_prefix: bool,
    /// Run nothing: write the recorded figures to FILE as Markdown (`-`: standard output)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["update", "rebuild", "grid"])]
    pub(super) report: Option<PathBuf>,
    #[command(flatten)]
    pub(super) machine: Machine,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    snotra report index/bench/corpus.record.json     Snotra against plain tantivy, to report.html\n  \
    snotra report index/bench/*.record.json -o all.html\n                                                   \
    several experiments, with an overview\n  \
    snotra report benches/record/corpus.json index/bench/corpus.record.json\n                                                   \
    one experiment before a change and after it\n\n\
    A record is what `snotra bench` leaves in index/bench. Beside it lie the texts of topics and what was found, and the \
    report shows those of the worst topics; records in benches/record have no texts. Of two or more records of one \
    experiment, the first is the baseline. The page is one file, asks for nothing from elsewhere, and can be printed.")]
pub(super) struct Report {
    /// Records of experiments
    #[arg(value_name = "RECORD", required = true)]
    pub(super) records: Vec<PathBuf>,
    /// The page (`-`: standard output)
    #[arg(short, long, value_name = "FILE", default_value = "report.html")]
    pub(super) output: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Grid {
    Each,
    Cross,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    snotra analyze 'Efter § 12 a skal it-systemerne forenkles' --lang da\n  \
    snotra analyze --vocabulary my.tsv --lang da digitalpostløsningen\n\n\
    Without --vocabulary, the words are those of the index, if there is one and it has a vocabulary.")]
pub(super) struct Analyze {
    /// The text; several arguments are one text
    #[arg(value_name = "TEXT", required = true)]
    pub(super) text: Vec<String>,
    /// The language to analyse it as [default: the one that it is found to be in]
    #[arg(long, value_name = "CODE", value_parser = language)]
    pub(super) lang: Option<&'static Language>,
    /// What you say of words, as for `snotra index`
    #[arg(long, value_name = "FILE")]
    pub(super) vocabulary: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  snotra inspect                         what is in it, by language, year and publisher\n  \
    snotra inspect --verify                see whether it is as it was written\n  \
    snotra inspect --terms                 what each kind of term costs in bytes"
)]
pub(super) struct Inspect {
    /// Read every file of the index and compare checksums
    #[arg(long)]
    pub(super) verify: bool,
    /// Also count terms, postings and bytes by kind of term
    #[arg(long)]
    pub(super) terms: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  snotra show kommunenyt-3")]
pub(super) struct Show {
    /// The document's id, as search results in JSON give it
    #[arg(value_name = "ID")]
    pub(super) id: String,
    /// The text as it was before head lines and debris were cut
    #[arg(long)]
    pub(super) raw: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  snotra demo\n  snotra demo digital post")]
pub(super) struct Demo {
    /// What to look for [default: Digital Post, then regelforenkling]
    #[arg(value_name = "QUERY")]
    pub(super) query: Vec<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  snotra completions bash > ~/.local/share/bash-completion/completions/snotra")]
pub(super) struct Completions {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}

fn language(code: &str) -> Result<&'static Language, String> {
    Language::by_code(code).ok_or_else(|| {
        let known: Vec<_> = LANGUAGES.iter().map(|language| language.code).collect();
        format!("known are {}", known.join(", "))
    })
}

fn date(text: &str) -> Result<Date, String> {
    crate::source::date::parse(text).ok_or_else(|| "write it as 2024-05-31".to_owned())
}

/// What is called `name` among the `known`, or which these are.
fn one_of<T>(name: &str, known: impl IntoIterator<Item = (&'static str, T)>) -> Result<T, String> {
    let mut names = Vec::new();
    for (known, value) in known {
        if known == name {
            return Ok(value);
        }
        names.push(known);
    }
    Err(format!("known are {}", names.join(", ")))
}

fn sort(name: &str) -> Result<Sort, String> {
    one_of(name, [("relevance", Sort::Relevance), ("date", Sort::Date)])
}

/// The help of an option that --profile fast sets to 0.
fn unless_fast(help: &str, default: f32) -> String {
    format!("{help} [default: {default}; with --profile fast, 0]")
}

fn profile(name: &str) -> Result<Profile, String> {
    one_of(name, Profile::ALL.map(|profile| (profile.name(), profile)))
}

fn facet(name: &str) -> Result<Facet, String> {
    one_of(name, [Facet::Year, Facet::Source, Facet::Lang].map(|facet| (facet.name(), facet)))
}

fn run_format(name: &str) -> Result<&'static RunFormat, String> {
    one_of(name, RUN_FORMATS.iter().map(|format| (format.name, format)))
}

fn table_formats() -> String {
    let names: Vec<_> = TABLE_FORMATS.iter().map(|format| format.name).collect();
    format!("How to write it: {} [default: {}]", names.join(", "), names[0])
}

fn table_format(name: &str) -> Result<&'static TableFormat, String> {
    one_of(name, TABLE_FORMATS.iter().map(|format| (format.name, format)))
}

/// Commas within brackets belong to a measure.
fn measures(list: &str) -> Result<Measures, String> {
    let mut depth = 0;
    let names = list.split(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        c == ',' && depth <= 0
    });
    let measures: Result<Vec<_>, _> = names.map(Measure::parse).collect();
    measures.map(Measures).map_err(|error| error.to_string())
}

fn measure(name: &str) -> Result<Measure, String> {
    Measure::parse(name).map_err(|error| error.to_string())
}

fn order(name: &str) -> Result<Order, String> {
    one_of(name, [("score", Order::Score), ("double", Order::DoubleScore), ("rank", Order::Rank)])
}

fn tag(name: &str) -> Result<String, String> {
    if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("a run's name is one word".to_owned());
    }
    Ok(name.to_owned())
}

fn not_negative(text: &str) -> Result<f32, String> {
    text.parse().ok().filter(|x: &f32| x.is_finite() && *x >= 0.0).ok_or_else(|| "a number from 0 up".to_owned())
}

fn share(text: &str) -> Result<f32, String> {
    not_negative(text).ok().filter(|&x| x <= 1.0).ok_or_else(|| "a number from 0 to 1".to_owned())
}
