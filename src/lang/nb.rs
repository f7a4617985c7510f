//! Norwegian Bokmål.

use crate::lang::Language;
use crate::lang::linking;
use crate::text::Compounds;
use crate::text::Snowball;
use crate::text::Step;

pub(super) static BOKMAL: Language = Language {
    code: "nb",
    iso639_3: "nob",
    name: "Norwegian Bokmål",
    version: 2,
    steps: &[
        Step::Lowercase,
        Step::Override(include_bytes!("nb.overrides.bin")),
        Step::Stem(Snowball::Norwegian),
        Step::Split(&COMPOUNDS),
        Step::Fold,
        Step::Key,
    ],
    common_words: &[
        "alle", "andre", "at", "av", "ble", "bli", "blir", "bør", "da", "de", "dem", "den", "denne", "der", "det",
        "dette", "du", "eller", "en", "er", "et", "etter", "for", "fra", "før", "gjennom", "ha", "hadde", "han", "har",
        "hun", "hva", "hvis", "hvor", "hvordan", "i", "ikke", "inn", "jeg", "kan", "kun", "man", "med", "mellom",
        "men", "mot", "mye", "må", "noe", "noen", "nå", "når", "og", "også", "om", "opp", "over", "på", "seg", "selv",
        "sin", "sine", "skal", "skulle", "som", "så", "til", "under", "ut", "uten", "var", "ved", "vi", "vil", "være",
        "vært", "å",
    ],
    samples: [
        "Kommunene skal behandle innbyggernes søknader raskere, og reglene blir enklere etter nyttår.",
        "Regjeringen vil styrke rådgivningen til små virksomheter som ikke har råd til egne it-medarbeidere.",
        "Etter § 12 a i lov nr. 606 kan tilsynet gi myndighetene pålegg om å bruke Digital Post.",
    ],
};

pub(super) static COMPOUNDS: Compounds = Compounds {
    table: include_bytes!("nb.compounds.fst"),
    never: include_str!("nb.never.txt"),
    force: include_str!("nb.force.tsv"),
    linking: linking::NORWEGIAN,
};
