//! `snotra demo`: from nothing to answers in one command.

use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use crate::app;
use crate::app::IndexOptions;
use crate::app::SearchOptions;
use crate::cli::Outcome;
use crate::cli::args::Demo;
use crate::cli::args::Global;
use crate::cli::failure::Failure;
use crate::cli::index::all_threads;
use crate::cli::index::tell;
use crate::cli::progress::Bar;
use crate::cli::streams::Streams;
use crate::engine::EngineError;
use crate::engine::Ranking;
use crate::engine::Searcher;
use crate::engine::WriterOptions;
use crate::lang::LANGUAGES;
use crate::output::json;
use crate::output::text;

pub(super) fn run(options: &Demo, global: &Global, streams: &mut Streams) -> Result<Outcome, Failure> {
    let corpus = corpus()?;
    let index = Path::new("index/demo");
    let index_options = |rebuild| IndexOptions {
        writer: WriterOptions { threads: all_threads().min(4), memory: 100_000_000 },
        languages: LANGUAGES.to_vec(),
        force: None,
        vocabulary: None,
        ignore_declared: false,
        keep_missing: false,
        rebuild,
    };
    let make = |rebuild| app::index(index, std::slice::from_ref(&corpus), &index_options(rebuild), &Bar::new(global));
    streams.note(&format!("Indexing the articles in {}:", corpus.display()));
    let report = match make(false) {
        // Another version left it, and there is nothing in it that the articles do not have.
        Err(EngineError::Format { .. } | EngineError::Analysis { .. }) => make(true)?,
        outcome => outcome?,
    };
    tell(&report, global, streams);
    let searcher = Searcher::open(index, Ranking::default())?;
    let queries = if options.query.is_empty() {
        vec!["Digital Post".to_owned(), "regelforenkling".to_owned()]
    } else {
        vec![options.query.join(" ")]
    };
    let mut any = false;
    for query in &queries {
        let options =
            SearchOptions { limit: 3, suggest: true, group: true, count_all: !global.json, ..SearchOptions::default() };
        let found = app::search(&searcher, query, &options)?;
        any |= !found.hits.is_empty();
        if global.json {
            json::write_line(&mut streams.out, &json::found(&found, None))?;
            continue;
        }
        writeln!(streams.out, "\n$ snotra search --index index/demo -n 3 {query}\n")?;
        let layout = streams.layout();
        text::found(&mut streams.out, &found, layout)?;
    }
    streams.out.flush()?;
    streams.note(
        "\nGo on with your own articles:\n  snotra index ~/articles\n  snotra search regelforenkling\n  snotra search --help",
    );
    Ok(if any { Outcome::Done } else { Outcome::Nothing })
}

/// The bundled articles: in the current folder, else where this program was built.
fn corpus() -> Result<PathBuf, Failure> {
    let here = PathBuf::from("corpus");
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    [here, built].into_iter().find(|corpus| corpus.join("topics.tsv").exists()).ok_or_else(|| {
        Failure::new("the articles of the demo are not here")
            .hint("run it in a clone of the repository, where the folder corpus is")
    })
}
