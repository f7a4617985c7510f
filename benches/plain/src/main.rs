//! What tantivy does out of the box: the baseline that Snotra's speed is compared with.
//!
//! Written as somebody would who knows tantivy and wants Danish and Swedish from it: default features, its tokenizer and
//! its stemmers, a field a language, its BM25 with its pruning, its snippets. Nothing is left out to make it slow: a
//! batch reads the ids of the whole index once rather than one by one from the column, and looks only into the fields of
//! the language that a query is in. The input, the decompressor and the release profile are Snotra's, so that what
//! differs is the search.
//!
//! Rejected: tantivy's query parser for batches. The queries are plain words, and a title with a colon is no field.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs::File;
use std::io::BufRead;
use std::io::BufReader;
use std::io::BufWriter;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use rayon::iter::IntoParallelRefIterator;
use rayon::iter::ParallelIterator;
use serde::Deserialize;
use tantivy::Index;
use tantivy::ReloadPolicy;
use tantivy::Searcher;
use tantivy::TantivyDocument;
use tantivy::Term;
use tantivy::collector::TopDocs;
use tantivy::columnar::Column;
use tantivy::query::BooleanQuery;
use tantivy::query::Occur;
use tantivy::query::Query;
use tantivy::query::TermQuery;
use tantivy::schema::FAST;
use tantivy::schema::Field;
use tantivy::schema::IndexRecordOption;
use tantivy::schema::STORED;
use tantivy::schema::STRING;
use tantivy::schema::Schema;
use tantivy::schema::TextFieldIndexing;
use tantivy::schema::TextOptions;
use tantivy::schema::Value;
use tantivy::snippet::SnippetGenerator;
use tantivy::tokenizer::Language;
use tantivy::tokenizer::LowerCaser;
use tantivy::tokenizer::RemoveLongFilter;
use tantivy::tokenizer::SimpleTokenizer;
use tantivy::tokenizer::Stemmer;
use tantivy::tokenizer::TextAnalyzer;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const USAGE: &str = "plain-tantivy index DIR FILE... [--threads N] [--memory MB]
plain-tantivy batch DIR QUERIES.tsv [--depth K] [--threads N]
plain-tantivy search DIR WORD...
plain-tantivy --version";

fn main() -> ExitCode {
    let arguments = Arguments::read(std::env::args().skip(1));
    let outcome = arguments.and_then(|arguments| {
        let mut out = BufWriter::new(std::io::stdout().lock());
        arguments.run(&mut out)?;
        Ok(out.flush()?)
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

/// What was typed.
struct Arguments {
    words: Vec<String>,
    threads: usize,
    megabytes: usize,
    depth: usize,
}

impl Arguments {
    fn read(mut given: impl Iterator<Item = String>) -> Outcome<Self> {
        let mut arguments = Self { words: Vec::new(), threads: 1, megabytes: 200, depth: 1000 };
        while let Some(word) = given.next() {
            let mut number = || given.next().ok_or(USAGE)?.parse::<usize>().map_err(|_| USAGE);
            match word.as_str() {
                "--threads" => arguments.threads = number()?.max(1),
                "--memory" => arguments.megabytes = number()?,
                "--depth" => arguments.depth = number()?.max(1),
                _ => arguments.words.push(word),
            }
        }
        Ok(arguments)
    }

    fn run(&self, out: &mut impl Write) -> Outcome<()> {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        match words[..] {
            ["--version"] => Ok(writeln!(out, "plain-tantivy {}, {}", env!("CARGO_PKG_VERSION"), tantivy::version())?),
            ["index", dir, ref files @ ..] if !files.is_empty() => self.index(Path::new(dir), files, out),
            ["batch", dir, queries] => self.batch(Path::new(dir), Path::new(queries), out),
            ["search", dir, ref query @ ..] if !query.is_empty() => search(Path::new(dir), &query.join(" "), out),
            _ => Err(USAGE.into()),
        }
    }

    fn index(&self, dir: &Path, files: &[&str], out: &mut impl Write) -> Outcome<()> {
        let (schema, fields) = schema();
        std::fs::create_dir_all(dir)?;
        let index = Index::create_in_dir(dir, schema)?;
        register(&index);
        let mut writer = index.writer_with_num_threads::<TantivyDocument>(self.threads, self.megabytes * 1_000_000)?;
        let (mut documents, mut bytes) = (0u64, 0usize);
        for file in files {
            for line in open(Path::new(file))?.lines() {
                let line = line?;
                let record: Record = serde_json::from_str(&line)?;
                let (body, title) = fields.of(&record.lang);
                bytes += record.text.len() + record.title.len();
                documents += 1;
                let mut document = TantivyDocument::new();
                document.add_text(fields.id, record.id);
                document.add_text(title, record.title);
                document.add_text(body, record.text);
                writer.add_document(document)?;
            }
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        Ok(writeln!(out, "{documents} documents, {bytes} bytes of text")?)
    }

    /// Answers every query of the file with a TREC run, in the order of the file.
    fn batch(&self, dir: &Path, queries: &Path, out: &mut impl Write) -> Outcome<()> {
        let (index, fields) = open_index(dir)?;
        let searcher = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?.searcher();
        let ids = read_ids(&searcher)?;
        let text = std::fs::read_to_string(queries)?;
        let queries: Vec<(&str, &str, &str)> = text.lines().filter_map(split_query).collect();
        let answer = |&(id, language, text): &(&str, &str, &str)| {
            let query = any_word(&index, &fields.named(language), text)?;
            let found = searcher.search(&query, &TopDocs::with_limit(self.depth).order_by_score())?;
            let mut lines = Vec::new();
            for (rank, (score, address)) in found.into_iter().enumerate() {
                let document = &ids[address.segment_ord as usize][address.doc_id as usize];
                writeln!(lines, "{id} Q0 {document} {} {score} plain", rank + 1)?;
            }
            Ok(lines)
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads).build()?;
        let answers: Vec<Outcome<Vec<u8>>> = pool.install(|| queries.par_iter().map(answer).collect());
        for answer in answers {
            out.write_all(&answer?)?;
        }
        Ok(())
    }
}

/// The ten best in both languages, with their titles and tantivy's snippets.
fn search(dir: &Path, text: &str, out: &mut impl Write) -> Outcome<()> {
    let (index, fields) = open_index(dir)?;
    let searcher = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?.searcher();
    let query = any_word(&index, &fields.all(), text)?;
    let found = searcher.search(&query, &TopDocs::with_limit(10).order_by_score())?;
    let snippets = [fields.da, fields.sv].map(|(body, _)| SnippetGenerator::create(&searcher, &query, body));
    let [danish, swedish] = snippets;
    let (danish, swedish) = (danish?, swedish?);
    for (score, address) in found {
        let document: TantivyDocument = searcher.doc(address)?;
        let text = |field: Field| document.get_first(field).and_then(|value| value.as_str()).unwrap_or_default();
        let is_danish = document.get_first(fields.da.0).is_some();
        let (generator, title) = if is_danish { (&danish, fields.da.1) } else { (&swedish, fields.sv.1) };
        let snippet = generator.snippet_from_doc(&document);
        writeln!(out, "{score:.3} {} {}\n  {}", text(fields.id), text(title), snippet.to_html())?;
    }
    Ok(())
}

/// One line of the input.
#[derive(Deserialize)]
struct Record {
    id: String,
    lang: String,
    #[serde(default)]
    title: String,
    text: String,
}

/// Body and title of each language.
struct Fields {
    id: Field,
    da: (Field, Field),
    sv: (Field, Field),
}

impl Fields {
    fn of(&self, language: &str) -> (Field, Field) {
        if language == "sv" { self.sv } else { self.da }
    }

    fn all(&self) -> Vec<Field> {
        vec![self.da.0, self.da.1, self.sv.0, self.sv.1]
    }

    /// The fields of a query's language; of both where it names neither.
    fn named(&self, language: &str) -> Vec<Field> {
        match language {
            "da" => vec![self.da.0, self.da.1],
            "sv" => vec![self.sv.0, self.sv.1],
            _ => self.all(),
        }
    }
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let mut text = |name: &str, tokenizer: &str| {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(tokenizer)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        schema.add_text_field(name, TextOptions::default().set_indexing_options(indexing).set_stored())
    };
    let da = (text("body_da", "danish"), text("title_da", "danish"));
    let sv = (text("body_sv", "swedish"), text("title_sv", "swedish"));
    let id = schema.add_text_field("id", STRING | STORED | FAST);
    (schema.build(), Fields { id, da, sv })
}

fn register(index: &Index) {
    for (name, language) in [("danish", Language::Danish), ("swedish", Language::Swedish)] {
        let analyzer = TextAnalyzer::builder(SimpleTokenizer::default())
            .filter(RemoveLongFilter::limit(40))
            .filter(LowerCaser)
            .filter(Stemmer::new(language))
            .build();
        index.tokenizers().register(name, analyzer);
    }
}

fn open_index(dir: &Path) -> Outcome<(Index, Fields)> {
    let index = Index::open_in_dir(dir)?;
    register(&index);
    let (_, fields) = schema();
    Ok((index, fields))
}

/// The lines of a file, unpacked if it is packed.
fn open(path: &Path) -> Outcome<Box<dyn BufRead>> {
    let file =
        BufReader::with_capacity(1 << 17, File::open(path).map_err(|error| format!("{}: {error}", path.display()))?);
    if path.extension().is_some_and(|extension| extension == "zst") {
        let unpacked = ruzstd::decoding::StreamingDecoder::new(file)?;
        return Ok(Box::new(BufReader::with_capacity(1 << 17, unpacked)));
    }
    Ok(Box::new(file))
}

fn split_query(line: &str) -> Option<(&str, &str, &str)> {
    let (id, rest) = line.split_once('\t')?;
    let (language, text) = rest.split_once('\t').unwrap_or(("", rest));
    Some((id, language, text))
}

/// Any of the words of `text`, each in every one of `fields` as that field's analyzer has it.
fn any_word(index: &Index, fields: &[Field], text: &str) -> Outcome<BooleanQuery> {
    let mut terms = BTreeSet::new();
    for &field in fields {
        let mut analyzer = index.tokenizer_for_field(field)?;
        let mut tokens = analyzer.token_stream(text);
        while tokens.advance() {
            terms.insert(Term::from_field_text(field, &tokens.token().text));
        }
    }
    let clause = |term| -> (Occur, Box<dyn Query>) {
        (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)))
    };
    Ok(BooleanQuery::new(terms.into_iter().map(clause).collect()))
}

/// The id of every document, by segment.
fn read_ids(searcher: &Searcher) -> Outcome<Vec<Vec<String>>> {
    let mut all = Vec::new();
    for segment in searcher.segment_readers() {
        let column = segment.fast_fields().str("id")?.ok_or("the index has no ids")?;
        let mut names = Vec::with_capacity(column.num_terms());
        let mut stream = column.dictionary().stream()?;
        while stream.advance() {
            names.push(std::str::from_utf8(stream.key())?.to_owned());
        }
        let ords: &Column<u64> = column.ords();
        let name = |doc| ords.first(doc).and_then(|ord| names.get(ord as usize)).cloned().unwrap_or_default();
        all.push((0..segment.max_doc()).map(name).collect());
    }
    Ok(all)
}
