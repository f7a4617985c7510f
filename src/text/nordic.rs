//! The Nordic key: one form for a word that Danish, Swedish and Norwegian share but spell and inflect differently.
//!
//! *regelforenkling* and *regelförenkling*, *gade* and *gata*, *myndighed* and *myndighet* differ by rules: letters
//! (*æ/ä*, *ø/ö*, *å/o*), consonants that Danish has softened (*gade*, *sag*, *skab*), doubled ones that it writes once,
//! and endings. The key undoes them on all sides alike. It is coarse on purpose and worth less than the word itself.
//!
//! The endings are cut here and not by each language's stemmer: two stemmers cut the same word at different places.
//! Rejected: distances between words at search time, which cost a pass over the dictionary a word.

/// The key of a lower-case `word`.
pub fn nordic_key(word: &str) -> String {
    let stem = without_ending(word);
    let mut letters: Vec<char> = Vec::with_capacity(stem.len());
    for c in stem.chars() {
        match c {
            'æ' | 'ä' | 'é' | 'è' => letters.push('e'),
            'ø' | 'ö' | 'å' => letters.push('o'),
            'q' | 'c' => letters.push('k'),
            'w' => letters.push('v'),
            'z' => letters.push('s'),
            'ü' => letters.push('y'),
            'x' => letters.extend(['k', 's']),
            c => letters.push(c),
        }
    }
    let mut key = String::with_capacity(letters.len());
    let mut last = '\0';
    let mut at = 0;
    while at < letters.len() {
        let (c, next) = (letters[at], letters.get(at + 1).copied().unwrap_or('\0'));
        let after_vowel = is_vowel(last);
        at += 1;
        let c = match (c, next) {
            // hvad/vad, hjem/hem, gjøre/göra, kjøpe/köpa, skjønn/skön.
            ('h', 'v' | 'j') if last == '\0' => continue,
            ('j', _) if matches!(last, 'g' | 'k' | '\0') && is_vowel(next) => continue,
            // mand/man, ild/eld before a consonant or at the end.
            ('d', _) if matches!(last, 'n' | 'l') && !is_vowel(next) => continue,
            // nasjon, stasjon.
            ('s', 'j') if letters.get(at + 1..at + 3) == Some(&['o', 'n']) => {
                at += 1;
                key.push('t');
                'i'
            }
            ('p', 'h') => {
                at += 1;
                'f'
            }
            ('t' | 'k', 'h') => {
                at += 1;
                c
            }
            // gade/gata, sag/sak, skab/skap, liv/lif.
            ('b', _) if after_vowel => 'p',
            ('d', _) if after_vowel => 't',
            ('g', _) if after_vowel => 'k',
            ('v', _) if after_vowel => 'f',
            _ => c,
        };
        // Doubled consonants, and what became alike.
        if c == last {
            continue;
        }
        key.push(c);
        last = c;
    }
    key
}

/// The endings of nouns, verbs and adjectives in the three languages, the longest first.
const ENDINGS: [&str; 41] = [
    "ernes", "ernas", "arnas", "ornas", "enes", "anes", "erne", "erna", "arna", "orna", "ende", "ande", "inga", "ene",
    "ane", "ens", "ets", "ers", "ars", "ors", "ede", "ade", "ete", "ast", "est", "are", "ere", "en", "et", "er", "ar",
    "or", "es", "as", "na", "ne", "te", "de", "a", "e", "s",
];

/// What is left has at least so many letters.
const SHORTEST: usize = 3;

fn without_ending(word: &str) -> &str {
    for ending in ENDINGS {
        if let Some(stem) = word.strip_suffix(ending)
            && stem.chars().count() >= SHORTEST
            && stem.contains(is_vowel)
        {
            return stem;
        }
    }
    word
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'å' | 'ä' | 'ö' | 'æ' | 'ø')
}

#[cfg(test)]
mod tests {
    use super::nordic_key;

    #[test]
    fn words_that_are_shared_have_one_key() {
        let check = |words: &[&str]| {
            let keys: Vec<_> = words.iter().map(|word| nordic_key(word)).collect();
            assert!(keys.windows(2).all(|pair| pair[0] == pair[1]), "{words:?}: {keys:?}");
        };
        check(&["forenkling", "förenklingen", "forenklinger"]);
        check(&["myndighed", "myndigheten", "myndighetene", "myndigheternas"]);
        check(&["gade", "gata", "gater"]);
        check(&["sag", "sak", "saken"]);
        check(&["selskab", "selskapet"]);
        check(&["købe", "köpa", "kjøpe"]);
        check(&["sprog", "språket"]);
        check(&["station", "stasjonen"]);
        check(&["hvid", "vit"]);
        check(&["mand", "man"]);
        check(&["ret", "rätten", "retten"]);
    }

    #[test]
    fn words_that_are_not_keep_their_own() {
        let check = |a: &str, b: &str| assert_ne!(nordic_key(a), nordic_key(b));
        check("lov", "lag");
        check("kommune", "region");
        check("skat", "skole");
    }

    proptest::proptest! {
        #[test]
        fn every_word_has_a_key(word in "\\PC{1,20}") {
            let _ = nordic_key(&word);
        }
    }
}
