//! How the languages form the parts of their compounds. Data for [`crate::text::Splitter`] and for the tool that
//! learns its tables, which reads this very file: the two must not differ.
//!
//! What is listed: the linking forms that the grammars name, the endings of inflection, and what only looks like a part.
//! How often each occurs is not here; the tables know it.

use crate::text::Link;
use crate::text::Linking;

const fn link(lost: &'static str, added: &'static str) -> Link {
    Link { lost, doubled: false, added }
}

const fn doubled(added: &'static str) -> Link {
    Link { lost: "", doubled: true, added }
}

pub(super) const DANISH: Linking = Linking {
    links: &[
        link("", ""),
        link("", "s"),
        link("", "e"),
        link("e", "s"),
        doubled("e"),
        link("", "er"),
        link("um", "e"),
        link("e", ""),
    ],
    drops_third: false,
    inflections: &[
        "s", "e", "en", "et", "er", "erne", "ene", "n", "t", "r", "rne", "ne", "ens", "ets", "ers", "ernes", "enes",
        "ns", "ts", "rs", "rnes", "nes", "es", "te", "ede", "de", "eren", "eres", "ende", "nde",
    ],
    particles: &[
        "overens", "ikraft", "iværk", "iagt", "opret", "tilvejs", "tilinde", "præ", "mono", "udi", "forud", "ad", "af",
        "an", "ande", "at", "be", "bi", "bort", "da", "de", "den", "der", "des", "det", "dis", "du", "efter", "eller",
        "en", "end", "ens", "er", "et", "for", "foran", "fore", "forbi", "fra", "frem", "før", "ge", "gen", "gennem",
        "han", "har", "her", "hen", "hin", "hos", "hvad", "hver", "hvor", "i", "igen", "ikke", "il", "ilde", "imod",
        "in", "ind", "inden", "ir", "ja", "jeg", "kan", "kon", "kun", "lige", "man", "med", "mellem", "mer", "mis",
        "mod", "ned", "nok", "nu", "når", "og", "om", "omkring", "op", "os", "over", "per", "pro", "på", "re", "sam",
        "sammen", "se", "sig", "sin", "skal", "som", "så", "thi", "ti", "til", "tilbage", "to", "u", "ud", "uden",
        "udi", "und", "under", "ved", "vi", "vil", "var", "være", "å",
    ],
    endings: &[
        "ske", "stik", "ører", "øren", "hede", "hedes", "somme", "el", "ler", "ste", "hedens", "lighed", "samhed",
        "ation", "ment", "eri", "agtig", "agtige", "aktig", "ering", "eringen", "else", "elsen", "elser", "elses",
        "hed", "heden", "heder", "inde", "inger", "ing", "ingen", "isk", "iske", "isme", "ist", "lig", "lige", "ligt",
        "ning", "ningen", "ninger", "ring", "ringen", "ringer", "sel", "selen", "skab", "skaber", "skabet", "som",
        "ter", "tion", "tionen", "tet", "ans", "ens", "ent", "eret", "erede", "erne", "rne", "ene", "ende", "enden",
        "ere", "ers", "ette", "essen", "ses", "tes", "des", "res", "les", "nes", "ges", "nde",
    ],
};

pub(super) const SWEDISH: Linking = Linking {
    links: &[
        link("", ""),
        link("", "s"),
        link("a", ""),
        link("e", "s"),
        link("a", "o"),
        link("a", "u"),
        link("a", "e"),
        link("e", ""),
        link("e", "a"),
        link("", "e"),
        link("", "a"),
        link("um", "e"),
        link("", "o"),
        link("", "u"),
    ],
    drops_third: true,
    inflections: &[
        "s", "a", "e", "en", "et", "er", "erna", "n", "t", "r", "rna", "na", "ar", "arna", "or", "orna", "ens", "ets",
        "ers", "ernas", "ns", "ts", "rs", "rnas", "nas", "ars", "arnas", "ors", "ornas", "as", "es", "te", "ade", "ad",
        "at", "ats", "de", "d", "ande", "nde", "ts", "des", "ades", "are", "aren", "arens", "ares",
    ],
    particles: &[
        "undan", "redo", "överens", "ikraft", "isär", "åtskils", "här", "fort", "pre", "mono", "inne", "där", "förut",
        "inne", "ut", "ad", "all", "an", "att", "av", "be", "bi", "bort", "de", "dem", "den", "der", "des", "det",
        "dis", "du", "då", "efter", "ej", "eller", "en", "er", "ett", "fram", "från", "för", "före", "förbi", "ge",
        "genom", "han", "har", "hit", "hos", "i", "icke", "igen", "in", "inom", "inte", "ja", "jag", "kan", "kon",
        "med", "mellan", "men", "min", "miss", "mot", "ned", "ner", "nu", "när", "och", "om", "per", "pro", "på", "re",
        "sam", "samm", "samman", "se", "sig", "sin", "ska", "skall", "som", "så", "ti", "till", "tillbaka", "två", "u",
        "um", "und", "under", "upp", "ur", "ut", "utan", "vad", "van", "var", "vara", "vi", "vid", "vill", "å", "åter",
        "än", "är", "över",
    ],
    endings: &[
        "ske", "ören", "örer", "örens", "vitet", "vitets", "hed", "tiga", "tig", "tiskt", "iskt", "samt", "digt", "el",
        "ler", "ste", "lighet", "samhet", "ation", "ment", "eri", "samheten", "aktig", "aktiga", "ande", "andet",
        "ska", "iska", "isk", "het", "heten", "heter", "else", "elsen", "elser", "ning", "ningen", "ningar", "ing",
        "ingen", "ingar", "ring", "ringen", "ringar", "lig", "liga", "ligt", "skap", "skapet", "skaper", "tion",
        "tionen", "tioner", "tet", "teten", "ster", "ter", "inna", "innan", "ism", "ist", "are", "aren", "arna",
        "erna", "orna", "ens", "ets", "ent", "ant", "sam", "samma", "bara", "sam", "ade", "ades", "nas", "rad", "rade",
        "rar", "rat", "rats", "tar", "lar", "nar", "sar", "dar", "sel", "tas", "ras", "las", "das",
    ],
};

pub(super) const NORWEGIAN: Linking = Linking {
    links: &[
        link("", ""),
        link("", "s"),
        link("", "e"),
        link("e", "s"),
        doubled("e"),
        link("", "er"),
        link("um", "e"),
        link("e", ""),
        link("a", "e"),
    ],
    drops_third: true,
    inflections: &[
        "s", "e", "en", "et", "a", "er", "ene", "ane", "ar", "n", "t", "r", "ne", "ens", "ets", "ers", "enes", "anes",
        "ns", "ts", "rs", "nes", "es", "te", "ede", "de", "eren", "eres", "ende", "nde", "ast", "as", "ast",
    ],
    particles: &[
        "overens", "ikraft", "vedlike", "iverk", "pre", "mono", "inne", "der", "forut", "ad", "an", "at", "av", "be",
        "bi", "bort", "da", "de", "dei", "den", "der", "des", "det", "dis", "du", "då", "eg", "ein", "eit", "eller",
        "en", "enn", "er", "et", "etter", "for", "fore", "forbi", "fra", "fram", "frem", "frå", "før", "ge", "gjen",
        "gjennom", "han", "har", "her", "hen", "hin", "hos", "hva", "hver", "hvor", "i", "igjen", "ikke", "ikkje",
        "il", "ille", "imot", "in", "inn", "innen", "ir", "ja", "jeg", "kan", "kon", "kun", "like", "man", "med",
        "mellom", "men", "mer", "mis", "mot", "ned", "nok", "no", "nå", "når", "og", "om", "omkring", "opp", "oss",
        "over", "per", "pro", "på", "re", "sam", "sammen", "saman", "se", "seg", "sin", "skal", "som", "så", "ti",
        "til", "tilbake", "to", "u", "und", "under", "ut", "uten", "utan", "van", "ved", "vi", "vil", "var", "være",
        "å", "åt", "opptil",
    ],
    endings: &[
        "ske", "øren", "ører", "ørens", "trert", "hede", "sommelig", "el", "ler", "ste", "lighet", "samhet", "asjon",
        "ment", "eri", "aktig", "aktige", "ering", "eringen", "eringa", "else", "elsen", "elser", "het", "heten",
        "heter", "inne", "inger", "ing", "ingen", "inga", "isk", "iske", "isme", "ist", "leg", "lege", "lig", "lige",
        "ning", "ningen", "ninga", "ninger", "ningar", "ring", "ringen", "ringer", "ringa", "ringar", "sel", "selen",
        "skap", "skapen", "skapet", "som", "ter", "sjon", "sjonen", "sjoner", "tet", "ans", "ens", "ent", "ert",
        "erte", "ene", "ende", "ere", "ers", "ses", "tes", "des", "res", "les", "nes", "ges", "nde", "ast", "leik",
        "leiken", "ande", "ane",
    ],
};

#[cfg(test)]
mod tests {
    use crate::lang::da;
    use crate::lang::nb;
    use crate::lang::sv;
    use crate::text::Compounds;
    use crate::text::Splitter;

    fn check(compounds: &'static Compounds, words: &[(&str, &str)]) {
        let splitter = Splitter::new(compounds).expect("good lists");
        for &(word, expect) in words {
            let parts = splitter.split(word);
            let shown = parts.iter().map(|part| &word[part.start..part.end]).collect::<Vec<_>>().join("+");
            assert_eq!(shown, if expect.contains('+') { expect } else { "" }, "{word}");
        }
    }

    #[test]
    fn danish() {
        check(
            &da::COMPOUNDS,
            &[
                ("arbejdsmarkedspolitik", "arbejds+markeds+politik"),
                ("arealstørrelser", "areal+størrelser"),
                ("dataoverensstemmelse", "data+overensstemmelse"),
                ("demokratisk", "demokratisk"),
                ("indkomstår", "indkomst+år"),
                ("informationer", "informationer"),
                ("kontrakten", "kontrakten"),
                ("regeringen", "regeringen"),
            ],
        );
    }

    #[test]
    fn swedish() {
        check(
            &sv::COMPOUNDS,
            &[
                ("arbetsmarknadspolitiken", "arbets+marknads+politiken"),
                ("demokratiska", "demokratiska"),
                ("regeringen", "regeringen"),
                ("tullagen", "tul+lagen"),
            ],
        );
    }

    #[test]
    fn norwegian() {
        check(
            &nb::COMPOUNDS,
            &[
                ("arbeidsmarkedspolitikken", "arbeids+markeds+politikken"),
                ("inntektsår", "inntekts+år"),
                ("regjeringen", "regjeringen"),
                ("vannivået", "van+nivået"),
            ],
        );
    }
}
