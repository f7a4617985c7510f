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
    samples: [
        "De gemeente behandelt de aanvragen van inwoners sneller en de regels worden eenvoudiger.",
        "Die Behörde hat am Montag einen neuen Bericht über die Verwaltung vorgelegt.",
        "Omavalitsus menetleb elanike taotlusi kiiremini ja reeglid muutuvad lihtsamaks.",
    ],
};
