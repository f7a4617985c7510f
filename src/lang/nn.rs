//! Norwegian Nynorsk. Snowball knows Norwegian as one language and was made for Bokmål: the endings that are Nynorsk's own
//! are the overrides' matter.

use crate::lang::Language;
use crate::text::Compounds;
use crate::text::Snowball;
use crate::text::Step;

pub(super) static NYNORSK: Language = Language {
    code: "nn",
    iso639_3: "nno",
    name: "Norwegian Nynorsk",
    version: 2,
    steps: &[
        Step::Lowercase,
        Step::Override(include_bytes!("nn.overrides.bin")),
        Step::Stem(Snowball::Norwegian),
        Step::Split(COMPOUNDS),
        Step::Fold,
        Step::Key,
    ],
    common_words: &[
        "alle", "andre", "at", "av", "blei", "blir", "bør", "da", "dei", "denne", "der", "det", "dette", "du", "då",
        "eg", "ein", "eit", "eller", "er", "et", "etter", "for", "frå", "før", "gjennom", "ha", "hadde", "han", "har",
        "ho", "i", "ikkje", "inn", "kan", "korleis", "kva", "kven", "man", "med", "meir", "mellom", "men", "mot",
        "mykje", "må", "no", "noko", "nokon", "nokre", "når", "og", "også", "om", "opp", "over", "på", "seg", "sin",
        "sine", "sjølv", "skal", "skulle", "som", "så", "til", "under", "ut", "utan", "var", "ved", "vere", "vert",
        "vi", "vil", "vore", "å",
    ],
    samples: [
        "Kommunane skal handsame søknadene frå innbyggjarane raskare, og reglane blir enklare etter nyttår.",
        "Regjeringa vil styrkje rådgjevinga til små verksemder som ikkje har råd til eigne it-medarbeidarar.",
        "Etter § 12 a i lova kan tilsynet gje styresmaktene pålegg om å bruke digital post mellom dei.",
    ],
};

/// Bokmål's: one table is learned from both.
pub(super) static COMPOUNDS: &Compounds = &crate::lang::nb::COMPOUNDS;
