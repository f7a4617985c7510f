//! The override step: words whose stem is given by hand, because their forms share no beginning (*bog*, *bøger*) or
//! because the stemmer is known to err. What is overridden is never stemmed again.
//!
//! The list is text, one line a word: the stem, a tab, the forms separated by spaces. It is read into a map once; a
//! sorted constant would save that, at the price of a list that nobody can read or mend.

use rustc_hash::FxHashMap;

/// Forms and the stems that stand for them.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    stems: FxHashMap<&'static str, &'static str>,
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
        Ok(Self { stems })
    }

    /// The stem of `form`, where the list has one.
    pub fn get(&self, form: &str) -> Option<&'static str> {
        self.stems.get(form).copied()
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
    }

    #[test]
    fn faults_name_their_line() {
        assert_eq!(Overrides::parse("bog bøger").unwrap_err(), "line 1: no tab between stem and forms");
        assert_eq!(Overrides::parse("a\tx\nb\tx").unwrap_err(), "line 2: x has the stem a already");
    }
}
