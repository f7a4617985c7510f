//! Danish.

use crate::lang::Language;
use crate::lang::linking;
use crate::text::Compounds;
use crate::text::Snowball;
use crate::text::Step;

pub(super) static DANISH: Language = Language {
    code: "da",
    iso639_3: "dan",
    name: "Danish",
    version: 2,
    steps: &[
        Step::Lowercase,
        Step::Override(include_bytes!("da.overrides.bin")),
        Step::Stem(Snowball::Danish),
        Step::Split(&COMPOUNDS),
        Step::Fold,
        Step::Key,
    ],
    common_words: &[
        "af", "alle", "andre", "at", "blev", "bliver", "da", "de", "dem", "den", "denne", "der", "det", "dette", "du",
        "efter", "eller", "en", "er", "et", "for", "fra", "før", "ham", "han", "har", "havde", "hun", "hvad", "hvis",
        "hvor", "i", "ikke", "ind", "jeg", "kan", "kun", "man", "med", "meget", "men", "mod", "mellem", "ned", "nogle",
        "nu", "når", "og", "også", "om", "op", "over", "på", "sig", "sin", "sine", "skal", "som", "så", "til", "ud",
        "under", "var", "ved", "vi", "vil", "være", "været",
    ],
    samples: [
        "Kommunerne skal behandle borgernes ansøgninger hurtigere, og reglerne bliver enklere efter nytår.",
        "Regeringen vil styrke rådgivningen til små virksomheder, som ikke selv har råd til it-medarbejdere.",
        "Ifølge § 12 a i lov nr. 606 kan styrelsen pålægge myndighederne at bruge Digital Post.",
    ],
};

pub(super) static COMPOUNDS: Compounds = Compounds {
    table: include_bytes!("da.compounds.fst"),
    never: include_str!("da.never.txt"),
    force: include_str!("da.force.tsv"),
    linking: linking::DANISH,
};
