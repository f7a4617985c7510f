//! Text in no configured language: findable by its words as they stand.

use crate::lang::Language;
use crate::text::Step;

pub(super) static UNDETERMINED: Language = Language {
    code: "und",
    iso639_3: "und",
    name: "undetermined",
    version: 1,
    steps: &[Step::Lowercase, Step::Fold],
    common_words: &[],
    rivals: &[],
    samples: [
        "The committee met on Tuesday and agreed to publish its findings before the summer break.",
        "Die Behörde hat am Montag einen neuen Bericht über die Verwaltung vorgelegt.",
        "Valtioneuvosto antoi torstaina uuden asetuksen sähköisestä asioinnista.",
    ],
};
