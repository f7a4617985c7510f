//! The options of an experiment by their names: one table for the file, the grid and the record.

use crate::app::IndexOptions;
use crate::engine::Profile;
use crate::engine::Ranking;
use crate::engine::WriterOptions;
use crate::lang::LANGUAGES;
use crate::lang::Language;
use crate::lang::Vocabulary;
use crate::query::Across;

/// Everything that can be chosen about how to index and how to search.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Who ranks.
    pub system: Ranker,
    /// How documents are ranked.
    pub ranking: Ranking,
    /// Whether the engine is told the language that a topic states.
    pub query_language: bool,
    /// Whether related languages are searched too.
    pub across: Across,
    /// The language that all documents found have to be in.
    pub lang: Option<&'static Language>,
    /// How many documents are retrieved for each topic.
    pub depth: usize,
    /// The languages that detection may answer.
    pub languages: Vec<&'static Language>,
    /// The language of all documents, whatever they say.
    pub force_language: Option<&'static Language>,
    /// Whether the language is detected even where a document declares it.
    pub ignore_declared_language: bool,
}

/// A system that answers topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ranker {
    /// This engine.
    Snotra,
    /// What tantivy does by itself: see [`crate::engine::Plain`]. It obeys none of the options of ranking.
    Plain,
}

impl Ranker {
    /// All there are.
    pub const ALL: [Self; 2] = [Self::Snotra, Self::Plain];

    /// What it is called in files and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Snotra => "snotra",
            Self::Plain => "plain tantivy",
        }
    }
}

/// The value of an option, as files write it.
#[derive(Debug, Clone, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(untagged)]
pub enum SettingValue {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Count(u64),
    /// A number.
    Number(f64),
    /// A word, or several with commas between.
    Text(String),
}

impl Default for Setting {
    /// What the program does when nothing is asked; 100 documents for each topic.
    fn default() -> Self {
        Self {
            system: Ranker::Snotra,
            ranking: Ranking::default(),
            query_language: true,
            across: Across::On,
            lang: None,
            depth: 100,
            languages: LANGUAGES.to_vec(),
            force_language: None,
            ignore_declared_language: false,
        }
    }
}

/// A parameter of the ranking: its name, its place, and how large it may be.
type Parameter = (&'static str, fn(&mut Ranking) -> &mut f32, f32);

const RANKING: &[Parameter] = &[
    ("k1", |ranking| &mut ranking.k1, f32::MAX),
    ("b", |ranking| &mut ranking.b, 1.0),
    ("title_k1", |ranking| &mut ranking.title_k1, f32::MAX),
    ("title_b", |ranking| &mut ranking.title_b, 1.0),
    ("title_weight", |ranking| &mut ranking.title_weight, f32::MAX),
    ("lead_weight", |ranking| &mut ranking.lead_weight, f32::MAX),
    ("lead_k1", |ranking| &mut ranking.lead_k1, f32::MAX),
    ("part_weight", |ranking| &mut ranking.part_weight, f32::MAX),
    ("part_tie", |ranking| &mut ranking.part_tie, 1.0),
    ("gram_weight", |ranking| &mut ranking.gram_weight, f32::MAX),
    ("folded_weight", |ranking| &mut ranking.folded_weight, 1.0),
    ("adjacency", |ranking| &mut ranking.adjacency, f32::MAX),
    ("foreign_weight", |ranking| &mut ranking.foreign_weight, 1.0),
];

const SYSTEM: &str = "system";
const LANG: &str = "lang";
const ACROSS: &str = "across";
const QUERY_LANGUAGE: &str = "query_language";
const DEPTH: &str = "depth";
const RERANKED: &str = "reranked";
const LANGUAGE_CODES: &str = "languages";
const FORCE_LANGUAGE: &str = "force_language";
const IGNORE_DECLARED: &str = "ignore_declared_language";

impl Setting {
    /// The option that is none itself, but sets some of the ranking.
    pub(super) const PROFILE: &str = "profile";

    /// The names of the options that searching obeys.
    pub(super) fn search_names() -> impl Iterator<Item = &'static str> {
        RANKING.iter().map(|(name, ..)| *name).chain([
            SYSTEM,
            QUERY_LANGUAGE,
            ACROSS,
            LANG,
            DEPTH,
            RERANKED,
            Self::PROFILE,
        ])
    }

    /// The names of the options that indexing obeys.
    pub(super) fn index_names() -> impl Iterator<Item = &'static str> {
        [LANGUAGE_CODES, FORCE_LANGUAGE, IGNORE_DECLARED].into_iter()
    }

    /// Sets one option, or says what it could be.
    pub(super) fn set(&mut self, name: &str, value: &SettingValue) -> Result<(), String> {
        use SettingValue::Count;
        use SettingValue::Flag;
        use SettingValue::Number;
        use SettingValue::Text;
        if let Some((_, place, most)) = RANKING.iter().find(|(known, ..)| *known == name) {
            let number = match value {
                Count(count) => *count as f32,
                Number(number) => *number as f32,
                Flag(_) | Text(_) => f32::NAN,
            };
            if !(0.0..=*most).contains(&number) {
                let most = if *most < f32::MAX { format!("to {most}") } else { "up".to_owned() };
                return Err(format!("{name} is a number from 0 {most}"));
            }
            *place(&mut self.ranking) = number;
            return Ok(());
        }
        match (name, value) {
            (QUERY_LANGUAGE, Flag(flag)) => self.query_language = *flag,
            (ACROSS, Flag(flag)) => self.across = if *flag { Across::On } else { Across::Off },
            (ACROSS, Text(text)) if text == "only" => self.across = Across::Only,
            (IGNORE_DECLARED, Flag(flag)) => self.ignore_declared_language = *flag,
            (DEPTH, Count(count @ 1..=100_000)) => self.depth = *count as usize,
            (RERANKED, Count(count @ 0..=100_000)) => self.ranking.reranked = *count as usize,
            (Self::PROFILE, Text(name)) => {
                let profile = named("profile", name, &Profile::ALL.map(|profile| (profile.name(), profile)))?;
                self.ranking = profile.of(self.ranking);
                if !profile.looks_across() {
                    self.across = Across::Off;
                }
            }
            (LANGUAGE_CODES, Text(codes)) => {
                self.languages = codes.split(',').map(|code| language(code.trim())).collect::<Result<_, _>>()?;
            }
            (LANG, Text(code)) => self.lang = Some(language(code)?),
            (SYSTEM, Text(name)) => {
                self.system = named("system", name, &Ranker::ALL.map(|system| (system.name(), system)))?;
            }
            (FORCE_LANGUAGE, Text(code)) => self.force_language = Some(language(code)?),
            (ACROSS, _) => return Err(format!("{name} is true, false or \"only\"")),
            (QUERY_LANGUAGE | IGNORE_DECLARED, _) => return Err(format!("{name} is true or false")),
            (RERANKED, _) => return Err(format!("{name} is a whole number up to 100000")),
            (DEPTH, _) => return Err(format!("{name} is a whole number from 1 to 100000")),
            (LANGUAGE_CODES | FORCE_LANGUAGE | LANG | SYSTEM | Self::PROFILE, _) => {
                return Err(format!("{name} is a text such as \"da\""));
            }
            _ => {
                let known: Vec<_> = Self::index_names().chain(Self::search_names()).collect();
                return Err(format!("no option is called {name}; there are {}", known.join(", ")));
            }
        }
        Ok(())
    }

    /// Every option that searching obeys, with its value.
    pub fn search_options(&self) -> Vec<(&'static str, SettingValue)> {
        let mut ranking = self.ranking;
        let number = |(name, place, _): &Parameter| (*name, SettingValue::Number(shortest(*place(&mut ranking))));
        let mut options: Vec<_> = RANKING.iter().map(number).collect();
        options.push((QUERY_LANGUAGE, SettingValue::Flag(self.query_language)));
        options.push((
            ACROSS,
            match self.across {
                Across::On => SettingValue::Flag(true),
                Across::Off => SettingValue::Flag(false),
                Across::Only => SettingValue::Text("only".to_owned()),
            },
        ));
        options.push((DEPTH, SettingValue::Count(self.depth as u64)));
        options.push((RERANKED, SettingValue::Count(self.ranking.reranked as u64)));
        options.push((SYSTEM, SettingValue::Text(self.system.name().to_owned())));
        if let Some(language) = self.lang {
            options.push((LANG, SettingValue::Text(language.code.to_owned())));
        }
        options
    }

    /// Every option that indexing obeys, with its value.
    pub fn index_options(&self) -> Vec<(&'static str, SettingValue)> {
        let codes: Vec<_> = self.languages.iter().map(|language| language.code).collect();
        let mut options = vec![
            (LANGUAGE_CODES, SettingValue::Text(codes.join(","))),
            (IGNORE_DECLARED, SettingValue::Flag(self.ignore_declared_language)),
        ];
        if let Some(language) = self.force_language {
            options.push((FORCE_LANGUAGE, SettingValue::Text(language.code.to_owned())));
        }
        options
    }

    pub(super) fn indexing(&self, writer: WriterOptions, vocabulary: Vocabulary) -> IndexOptions {
        IndexOptions {
            writer,
            languages: self.languages.clone(),
            force: self.force_language,
            vocabulary: Some(vocabulary),
            ignore_declared: self.ignore_declared_language,
            keep_missing: false,
            rebuild: false,
        }
    }
}

impl std::fmt::Display for SettingValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Count(count) => write!(f, "{count}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// The shortest decimal that is this number in single precision: 0.2 and not 0.20000000298.
fn shortest(number: f32) -> f64 {
    number.to_string().parse().unwrap_or_else(|_| f64::from(number))
}

/// What is called `name` among all that there are of a `kind`.
fn named<T: Copy>(kind: &str, name: &str, all: &[(&str, T)]) -> Result<T, String> {
    all.iter().find(|(known, _)| *known == name).map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<_> = all.iter().map(|(known, _)| *known).collect();
        format!("no {kind} is called {name:?}; there are {}", known.join(", "))
    })
}

fn language(code: &str) -> Result<&'static Language, String> {
    Language::by_code(code).ok_or_else(|| {
        let known: Vec<_> = LANGUAGES.iter().map(|language| language.code).collect();
        format!("no language is called {code:?}; there are {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_set_by_name_and_within_bounds() {
        let check = |name: &str, value: SettingValue, expect: Result<&str, &str>| {
            let mut setting = Setting::default();
            let outcome = setting.set(name, &value);
            match (outcome, expect) {
                (Ok(()), Ok(shown)) => {
                    let options = setting.index_options().into_iter().chain(setting.search_options());
                    let shown_now: Vec<_> =
                        options.filter(|(known, _)| *known == name).map(|(_, value)| value.to_string()).collect();
                    assert_eq!(shown_now, [shown]);
                }
                (Err(cause), Err(expect)) => assert!(cause.contains(expect), "{cause}"),
                (outcome, expect) => panic!("{name}: {outcome:?}, expected {expect:?}"),
            }
        };
        check("k1", SettingValue::Number(0.9), Ok("0.9"));
        check("k1", SettingValue::Count(2), Ok("2"));
        check("k1", SettingValue::Number(-0.1), Err("k1 is a number from 0 up"));
        check("k1", SettingValue::Number(f64::INFINITY), Err("k1 is a number from 0 up"));
        check("b", SettingValue::Number(1.5), Err("b is a number from 0 to 1"));
        check("b", SettingValue::Text("x".to_owned()), Err("b is a number"));
        check("query_language", SettingValue::Flag(false), Ok("false"));
        check("query_language", SettingValue::Count(1), Err("true or false"));
        check("depth", SettingValue::Count(7), Ok("7"));
        check("reranked", SettingValue::Count(500), Ok("500"));
        check("reranked", SettingValue::Flag(true), Err("a whole number up to"));
        check("system", SettingValue::Text("plain tantivy".to_owned()), Ok("plain tantivy"));
        check("system", SettingValue::Text("x".to_owned()), Err("no system is called \"x\"; there are snotra, plain"));
        check("lang", SettingValue::Text("sv".to_owned()), Ok("sv"));
        check(
            "profile",
            SettingValue::Text("x".to_owned()),
            Err("no profile is called \"x\"; there are fast, balanced"),
        );
        check("depth", SettingValue::Count(0), Err("a whole number from 1"));
        check("languages", SettingValue::Text("da, sv".to_owned()), Ok("da,sv"));
        check("languages", SettingValue::Text("xx".to_owned()), Err("no language is called \"xx\""));
        check("force_language", SettingValue::Text("sv".to_owned()), Ok("sv"));
        check("k2", SettingValue::Count(2), Err("no option is called k2; there are languages, "));
    }

    #[test]
    fn a_profile_sets_what_it_is_about() {
        let mut setting = Setting::default();
        for (name, value) in [("k1", SettingValue::Number(2.0)), ("profile", SettingValue::Text("fast".to_owned()))] {
            setting.set(name, &value).expect("both are options");
        }
        let Ranking { k1, gram_weight, .. } = setting.ranking;
        assert_eq!((k1, gram_weight, setting.across), (2.0, 0.0, Across::Off));
    }
}
