//! The override step: words whose stem is given by hand, because their forms share no beginning (*bog*, *bøger*) or
//! because the stemmer is known to err. What is overridden is never stemmed again.
//!
//! A list is text, one line a word: the stem, a tab, the forms separated by spaces. That is what people read and mend.
//! What is shipped is a table made of it ([`Overrides::table`]), since reading tens of thousands of forms would take
//! longer than a search does. It holds three automata: the stem of a form; the key of a form that is typed without its
//! Nordic letters; and how those forms of a stem begin that begin otherwise. Their values are places in one text, so
//! that a look-up allocates nothing, and forms of one word lead to one place, so that they share their endings.
//!
//! Rejected: a hash map that is filled at the start (some 10 ms a language); a sorted constant, which nobody can read or
//! mend; values that say how many letters to keep and what to append, which are no smaller and must be put together.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use fst::raw::Fst;

use crate::text::fold::fold;

/// Forms and the stems that stand for them.
pub struct Overrides {
    stems: Fst<&'static [u8]>,
    keys: Fst<&'static [u8]>,
    beginnings: Fst<&'static [u8]>,
    texts: &'static str,
}

impl fmt::Debug for Overrides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overrides").field("forms", &self.stems.len()).finish_non_exhaustive()
    }
}

/// A table begins with the lengths of its automata.
const LENGTHS: usize = 3;
/// How many letters a word is told by in [`Overrides::beginnings`].
const BEGINNING: usize = 3;

impl Overrides {
    /// The table of a list with the lines `stem<TAB>form form ...`; lines that are empty or begin with `#` are comments.
    /// The same list makes the same table everywhere.
    ///
    /// # Errors
    /// The first line that has no tab or that gives a form a second, different stem.
    pub fn table(list: &str) -> Result<Vec<u8>, String> {
        let stems = stems(list)?;
        let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut beginnings: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (&form, &stem) in &stems {
            let key = fold(form);
            if key != form && !stems.contains_key(key.as_ref()) {
                keys.entry(key.into_owned()).or_default().insert(fold(stem).into_owned());
            }
            let begins = beginning(form);
            if begins != beginning(stem) {
                for stem in [stem.to_owned(), fold(stem).into_owned()] {
                    beginnings.entry(stem).or_default().insert(begins.clone());
                }
            }
        }
        // What could stand for two words stands for neither.
        keys.retain(|_, stems| stems.len() == 1);
        let joined = |texts: &BTreeSet<String>| texts.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        let mut texts = Texts::default();
        let automata = [
            automaton(stems.iter().map(|(form, stem)| (*form, (*stem).to_owned())), &mut texts)?,
            automaton(keys.iter().map(|(key, stems)| (key.as_str(), joined(stems))), &mut texts)?,
            automaton(beginnings.iter().map(|(stem, begin)| (stem.as_str(), joined(begin))), &mut texts)?,
        ];
        let mut table = Vec::new();
        for automaton in &automata {
            let length = u32::try_from(automaton.len()).map_err(|_| "the list is too long".to_owned())?;
            table.extend_from_slice(&length.to_le_bytes());
        }
        automata.iter().for_each(|automaton| table.extend_from_slice(automaton));
        table.extend_from_slice(texts.all.as_bytes());
        Ok(table)
    }

    /// Opens a table.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(table: &'static [u8]) -> Result<Self, String> {
        let cut = || "it is cut off".to_owned();
        let (lengths, mut rest) = table.split_at_checked(LENGTHS * 4).ok_or_else(cut)?;
        let mut automata = Vec::with_capacity(LENGTHS);
        for length in lengths.chunks_exact(4) {
            let length = u32::from_le_bytes(length.try_into().map_err(|_| cut())?);
            let (automaton, behind) = rest.split_at_checked(length as usize).ok_or_else(cut)?;
            automata.push(Fst::new(automaton).map_err(|error| error.to_string())?);
            rest = behind;
        }
        let texts = std::str::from_utf8(rest).map_err(|error| error.to_string())?;
        let [stems, keys, beginnings] = automata.try_into().map_err(|_| cut())?;
        Ok(Self { stems, keys, beginnings, texts })
    }

    /// The stem of `form`, where the list has one.
    pub fn get(&self, form: &str) -> Option<&'static str> {
        self.look_up(&self.stems, form)
    }

    /// The folded stem of the listed form that folds to `key` without being it: what is meant by an irregular form that
    /// is typed without its Nordic letters. None where that could be several, or where `key` is itself a listed form.
    pub fn by_key(&self, key: &str) -> Option<&'static str> {
        self.look_up(&self.keys, key)
    }

    /// The first three letters, folded, of those forms of `stem` that begin otherwise than it does. A folded stem stands
    /// for all that fold to it.
    pub fn beginnings(&self, stem: &str) -> impl Iterator<Item = &'static str> + use<> {
        self.look_up(&self.beginnings, stem).into_iter().flat_map(|all| all.split(' '))
    }

    fn look_up(&self, automaton: &Fst<&'static [u8]>, word: &str) -> Option<&'static str> {
        self.texts.get(range(automaton.get(word)?.value()))
    }
}

/// Forms with their stems.
fn stems(list: &str) -> Result<BTreeMap<&str, &str>, String> {
    let mut stems = BTreeMap::new();
    for (index, line) in list.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((stem, forms)) = line.split_once('\t') else {
            return Err(format!("line {}: no tab between stem and forms", index + 1));
        };
        for form in forms.split(' ') {
            if let Some(other) = stems.insert(form, stem).filter(|&other| other != stem) {
                return Err(format!("line {}: {form} has the stem {other} already", index + 1));
            }
        }
    }
    Ok(stems)
}

/// The texts of a table one behind the other, each once.
#[derive(Default)]
struct Texts {
    all: String,
    places: BTreeMap<String, u64>,
}

impl Texts {
    /// Where `text` stands, as [`range`] reads it.
    fn place(&mut self, text: String) -> Result<u64, String> {
        if let Some(&place) = self.places.get(&text) {
            return Ok(place);
        }
        let length = u8::try_from(text.len()).map_err(|_| format!("{text}: too long"))?;
        let place = (self.all.len() as u64) << 8 | u64::from(length);
        self.all.push_str(&text);
        self.places.insert(text, place);
        Ok(place)
    }
}

fn range(place: u64) -> Range<usize> {
    let start = (place >> 8) as usize;
    start..start.saturating_add(place as usize & 0xff)
}

fn automaton<'k>(entries: impl Iterator<Item = (&'k str, String)>, texts: &mut Texts) -> Result<Vec<u8>, String> {
    let mut builder = fst::MapBuilder::memory();
    for (key, text) in entries {
        builder.insert(key, texts.place(text)?).map_err(|error| error.to_string())?;
    }
    builder.into_inner().map_err(|error| error.to_string())
}

/// The first letters of a word, folded: what [`Overrides::beginnings`] tells words by.
pub(super) fn beginning(word: &str) -> String {
    fold(word).chars().take(BEGINNING).collect()
}

#[cfg(test)]
mod tests {
    use super::Overrides;

    fn overrides(list: &str) -> Overrides {
        Overrides::new(Overrides::table(list).expect("a good list").leak()).expect("its table")
    }

    #[test]
    fn forms_find_their_stem() {
        let list = overrides("# books\nbog\tbog bøger bøgerne\nlægge\tlægge lagde lagt\n");
        assert_eq!(list.get("bøgerne"), Some("bog"));
        assert_eq!(list.get("lagde"), Some("lægge"));
        for other in ["bogen", "bøg", "bøgernes", "books", ""] {
            assert_eq!(list.get(other), None, "{other}");
        }
    }

    #[test]
    fn forms_without_their_letters_find_its_folded_stem() {
        let list = overrides("bog\tbog bøger\nlægge\tlægge\nfar\tfar\nfå\tfår");
        assert_eq!(list.by_key("boger"), Some("bog"));
        assert_eq!(list.by_key("lagge"), Some("lagge"));
        assert_eq!(list.by_key("far"), None, "it is a form of its own");
        assert_eq!(overrides("or\tøre\nar\tåre\nur\taare").by_key("are"), None, "it is two");
        assert_eq!(list.by_key("bog"), None);
    }

    #[test]
    fn forms_that_begin_otherwise_are_told() {
        let list = overrides("bog\tbog bogen bøger bøgerne\nlægge\tlægge lagde la\nøje\tøjne");
        let check = |stem: &str, expect: &[&str]| assert_eq!(list.beginnings(stem).collect::<Vec<_>>(), expect);
        check("bog", &[]);
        check("lægge", &["la"]);
        check("lagge", &["la"]);
        let list = overrides("mand\tmand mænd\ngå\tgå gik gang\nbonde\tbønder\ngås\tgæs\nvid\tved vidste");
        let check = |stem: &str, expect: &[&str]| assert_eq!(list.beginnings(stem).collect::<Vec<_>>(), expect);
        check("mand", &[]);
        check("gå", &["gan", "gik"]);
        check("ga", &["gan", "gik"]);
        check("vid", &["ved"]);
    }

    #[test]
    fn faults_name_their_line() {
        assert_eq!(Overrides::table("bog bøger").unwrap_err(), "line 1: no tab between stem and forms");
        assert_eq!(Overrides::table("a\tx\nb\tx").unwrap_err(), "line 2: x has the stem a already");
    }

    #[test]
    fn a_table_that_is_cut_off_is_refused_or_finds_nothing() {
        let table = Overrides::table("bog\tbog bøger").expect("a good list").leak();
        for length in 0..table.len() {
            if let Ok(cut) = Overrides::new(&table[..length]) {
                assert_eq!(cut.get("bøger"), None, "{length} bytes");
            }
        }
    }
}
