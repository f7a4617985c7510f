//! Swedish.

use crate::lang::Language;
use crate::lang::linking;
use crate::text::Compounds;
use crate::text::Snowball;
use crate::text::Step;

pub(super) static SWEDISH: Language = Language {
    code: "sv",
    iso639_3: "swe",
    name: "Swedish",
    version: 2,
    steps: &[
        Step::Lowercase,
        Step::Override(include_bytes!("sv.overrides.bin")),
        Step::Stem(Snowball::Swedish),
        Step::Split(&COMPOUNDS),
        Step::Fold,
        Step::Key,
    ],
    common_words: &[
        "alla", "allt", "andra", "att", "av", "bland", "blev", "blir", "de", "den", "denna", "det", "detta", "dig",
        "du", "där", "efter", "ej", "eller", "en", "ett", "från", "för", "genom", "ha", "hade", "han", "har", "hon",
        "hur", "här", "i", "icke", "in", "inte", "jag", "kan", "med", "mellan", "men", "mot", "mycket", "måste", "nu",
        "när", "och", "också", "om", "på", "samt", "sig", "ska", "skall", "skulle", "som", "så", "till", "under",
        "upp", "ut", "utan", "vad", "var", "vara", "varit", "vi", "vid", "är",
    ],
    samples: [
        "Kommunerna ska handlägga medborgarnas ärenden snabbare, och reglerna blir enklare efter nyår.",
        "Regeringen vill stärka rådgivningen till småföretag som inte har råd med egna it-tekniker.",
        "Enligt 12 a § i lagen får myndigheten besluta om undantag från kravet på e-legitimation.",
    ],
};

pub(super) static COMPOUNDS: Compounds = Compounds {
    table: include_bytes!("sv.compounds.fst"),
    never: include_str!("sv.never.txt"),
    force: include_str!("sv.force.tsv"),
    linking: linking::SWEDISH,
};
