//! The override step: words whose stem is given by hand, because their forms share no beginning (*bog*, *bøger*) or
//! because the stemmer is known to err. What is overridden is never stemmed again.
//!
//! The list is text, one line a word: the stem, a tab, the forms separated by spaces. It is read into a map once; a
//! sorted constant would save that, at the price of a list that nobody can read or mend.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;

use crate::text::fold::fold;

/// Forms and the stems that stand for them.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    stems: FxHashMap<&'static str, &'static str>,
    /// Made when it is first asked for: only queries do.
    by_key: OnceCell<FxHashMap<String, Vec<&'static str>>>,
}

impl Overrides {
    /// Reads the lines `stem<TAB>form form ...`; lines that are empty or begin with `#` are comments.
    ///
    /// # Errors
    /// The first line that has no tab or that gives a form a second, different stem.
    pub fn parse(list: &'static str) -> Result<Self, String> {
        let mut stems = FxHashMap::default();
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
        Ok(Self { stems, by_key: OnceCell::new() })
    }

    /// The stem of `form`, where the list has one.
    pub fn get(&self, form: &str) -> Option<&'static str> {
        self.stems.get(form).copied()
    }

    /// The stems of all forms that fold to `key` without being it: what is meant by an irregular form that is typed
    /// without its Nordic letters.
    pub fn stems_by_key(&self, key: &str) -> &[&'static str] {
        let by_key = self.by_key.get_or_init(|| {
            let mut by_key: FxHashMap<String, Vec<&'static str>> = FxHashMap::default();
            for (&form, &stem) in &self.stems {
                let key = fold(form);
                if key != form {
                    by_key.entry(key.into_owned()).or_default().push(stem);
                }
            }
            for stems in by_key.values_mut() {
                stems.sort_unstable();
                stems.dedup();
            }
            by_key
        });
        by_key.get(key).map_or(&[], Vec::as_slice)
    }

    /// The forms that have `stem`, in no order.
    pub fn forms(&self, stem: &str) -> impl Iterator<Item = &'static str> {
        self.stems.iter().filter(move |(_, other)| **other == stem).map(|(&form, _)| form)
    }
}

#[cfg(test)]
mod tests {
    use super::Overrides;

    #[test]
    fn forms_find_their_stem() {
        let list = Overrides::parse("# books\nbog\tbog bøger bøgerne\n").expect("a good list");
        assert_eq!(list.get("bøgerne"), Some("bog"));
        assert_eq!(list.get("bogen"), None);
        assert_eq!(list.stems_by_key("bogerne"), ["bog"]);
        assert!(list.stems_by_key("bog").is_empty());
    }

    #[test]
    fn faults_name_their_line() {
        assert_eq!(Overrides::parse("bog bøger").unwrap_err(), "line 1: no tab between stem and forms");
        assert_eq!(Overrides::parse("a\tx\nb\tx").unwrap_err(), "line 2: x has the stem a already");
    }
}
