//! The translation lexicon: what a word of one Scandinavian language is called in another, where no rule of spelling says
//! it (*sagsbehandling*, *handläggning*, *saksbehandling*).

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::lang::Language;

const ROWS: &str = include_str!("lexicon.tsv");
/// The languages of the columns.
const COLUMNS: [&str; 3] = ["da", "sv", "nb"];

struct Lexicon {
    rows: Vec<[Vec<&'static str>; 3]>,
    by_stem: [FxHashMap<String, Vec<(u32, u8)>>; 3],
}

fn column(language: &Language) -> Option<usize> {
    let code = if language.code == "nn" { "nb" } else { language.code };
    COLUMNS.iter().position(|column| *column == code)
}

fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| {
        let mut lexicon = Lexicon { rows: Vec::new(), by_stem: Default::default() };
        for line in ROWS.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.split('\t').map(|cell| cell.split('|').collect::<Vec<_>>());
            let row: [Vec<&str>; 3] = std::array::from_fn(|_| cells.next().unwrap_or_default());
            for (at, cell) in row.iter().enumerate() {
                let language = Language::by_code(COLUMNS[at]).expect("registered");
                for (rank, word) in cell.iter().enumerate().filter(|(_, word)| !word.contains(' ')) {
                    let stem = language.analyzer().stem(&crate::text::lowercase(word)).into_owned();
                    lexicon.by_stem[at].entry(stem).or_default().push((lexicon.rows.len() as u32, rank as u8));
                }
            }
            lexicon.rows.push(row);
        }
        lexicon
    })
}

/// The words of `to` that mean what the word of `from` with the stem `stem` means, each with a weight up to 1.
pub fn translations(from: &Language, to: &Language, stem: &str) -> Vec<(&'static str, f32)> {
    let (Some(from), Some(to)) = (column(from), column(to)) else { return Vec::new() };
    if from == to {
        return Vec::new();
    }
    let lexicon = lexicon();
    let mut found: Vec<(&'static str, f32)> = Vec::new();
    for &(row, rank) in lexicon.by_stem[from].get(stem).into_iter().flatten() {
        for (place, &word) in lexicon.rows[row as usize][to].iter().enumerate() {
            let weight = RANKS[(rank as usize).min(3)] * RANKS[place.min(3)];
            match found.iter_mut().find(|(other, _)| *other == word) {
                Some((_, other)) => *other = other.max(weight),
                None => found.push((word, weight)),
            }
        }
    }
    found.sort_by(|a, b| b.1.total_cmp(&a.1));
    found
}

const RANKS: [f32; 4] = [1.0, 0.8, 0.6, 0.5];
