//! Measures: their names, their parameters, and the registry of them.
//!
//! Names are those of `ir_measures`, the nearest thing to a standard: `nDCG@10`, `AP(rel=2)@100`, `RBP(p=0.5,rel=1)`.
//! A measure prints the way ir_measures prints it, so that a name copied from a report can be given to other tools.
//! To add a measure, add a file with one constant and one line to [`FAMILIES`].

mod ap;
mod bpref;
mod err;
mod judged;
mod ndcg;
mod num_rel;
mod num_ret;
mod precision;
mod rbp;
mod recall;
mod rprec;
mod rr;
mod success;

use std::fmt;
use std::str::FromStr;

use crate::eval::EvalError;

/// Every measure there is, sorted by name regardless of case.
pub static FAMILIES: &[&Family] = &[
    &ap::AP,
    &bpref::BPREF,
    &err::ERR,
    &judged::JUDGED,
    &ndcg::NDCG,
    &num_rel::NUM_REL,
    &num_ret::NUM_RET,
    &precision::P,
    &recall::R,
    &rbp::RBP,
    &rprec::RPREC,
    &rr::RR,
    &success::SUCCESS,
];

/// A measure with its parameters, such as `nDCG@10`. Parsing takes what [`fmt::Display`] prints, and some more.
#[derive(Clone, Copy)]
pub struct Measure {
    family: &'static Family,
    params: Params,
}

/// What measures of one name have in common.
pub struct Family {
    /// The name, as ir_measures writes it.
    pub name: &'static str,
    /// What it says, in a line.
    pub summary: &'static str,
    /// Other names, each with the parameters that it stands for.
    aliases: &'static [(&'static str, Params)],
    /// What may stand in the brackets.
    accepts: &'static [Param],
    /// Parameters that are printed also where they have their default.
    always_printed: &'static [Param],
    /// What holds where the name says nothing.
    defaults: Params,
    cutoff: Cutoff,
    aggregate: Aggregate,
    /// The highest grade that the measure is defined for.
    max_grade: fn(&Params) -> Option<i32>,
    score: fn(&Params, &Ranking<'_>) -> f64,
}

/// Whether `@k` follows the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cutoff {
    None,
    Optional,
    Required,
}

/// How the values of the topics become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aggregate {
    Mean,
    Sum,
}

/// What may stand in the brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Param {
    Dcg,
    P,
    Rel,
}

/// The parameters of a measure; a family reads those that it accepts.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Params {
    /// How many documents count.
    cutoff: Option<u32>,
    /// The gain of a grade.
    dcg: Dcg,
    /// The persistence of the reader.
    p: f64,
    /// The lowest grade that is relevant.
    rel: Option<i32>,
}

/// The gain of a grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dcg {
    /// The grade itself.
    Log2,
    /// 2 to the power of the grade, less 1.
    ExpLog2,
}

/// One topic, as a measure sees it.
pub(super) struct Ranking<'a> {
    /// The grades of the retrieved documents in order of rank; `None` where the qrels do not name the document.
    pub(super) grades: &'a [Option<i32>],
    /// The grades of all judgements, descending.
    pub(super) judged: &'a [i32],
}

impl Measure {
    /// Reads a name such as `nDCG@10`, `AP(rel=2)@100`, `nDCG(dcg='exp-log2')@20`. Case does not matter.
    ///
    /// # Errors
    ///
    /// [`EvalError::UnknownMeasure`], or [`EvalError::BadMeasure`] for what follows the name.
    pub fn parse(text: &str) -> Result<Self, EvalError> {
        let bad = |cause: String| EvalError::BadMeasure { text: text.to_owned(), cause };
        let trimmed = text.trim();
        let (head, at) = match trimmed.split_once('@') {
            Some((head, at)) => (head.trim_end(), Some(at.trim())),
            None => (trimmed, None),
        };
        let (name, brackets) = match head.split_once('(') {
            Some((name, rest)) => {
                let inside = rest.strip_suffix(')').ok_or_else(|| bad("the bracket is not closed".to_owned()))?;
                (name.trim_end(), Some(inside))
            }
            None => (head, None),
        };
        let mut measure = Self::named(name)?;
        let pairs = brackets.into_iter().flat_map(|inside| inside.split(',')).map(str::trim);
        for pair in pairs.filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').ok_or_else(|| bad(format!("{pair:?} is not key=value")))?;
            measure.set(key.trim(), value.trim()).map_err(bad)?;
        }
        let name = measure.family.name;
        match (at, measure.family.cutoff) {
            (Some(_), Cutoff::None) => Err(bad(format!("{name} takes no cutoff"))),
            (None, Cutoff::Required) => Err(bad(format!("{name} needs a cutoff, as in {name}@10"))),
            (None, _) => Ok(measure),
            (Some(at), _) => {
                let cutoff = at.parse().ok().filter(|&cutoff: &u32| cutoff > 0);
                measure.params.cutoff =
                    Some(cutoff.ok_or_else(|| bad(format!("the cutoff {at:?} is not a whole number from 1")))?);
                Ok(measure)
            }
        }
    }

    /// The measure of this bare name or alias.
    fn named(name: &str) -> Result<Self, EvalError> {
        for family in FAMILIES {
            let mut names = family.aliases.iter().copied().chain([(family.name, family.defaults)]);
            if let Some((_, params)) = names.find(|(known, _)| known.eq_ignore_ascii_case(name)) {
                return Ok(Self { family, params });
            }
        }
        Err(unknown(name))
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let accepts = self.family.accepts;
        let Some(param) = accepts.iter().find(|param| param.key() == key) else {
            let name = self.family.name;
            return Err(match accepts.is_empty() {
                true => format!("{name} takes no parameter"),
                false => {
                    let keys: Vec<_> = accepts.iter().map(|param| param.key()).collect();
                    format!("{name} has no parameter {key:?}, only {}", keys.join(" and "))
                }
            });
        };
        match param {
            Param::Dcg => {
                self.params.dcg = match value.trim_matches(['\'', '"']) {
                    "log2" => Dcg::Log2,
                    "exp-log2" => Dcg::ExpLog2,
                    _ => return Err(format!("dcg is 'log2' or 'exp-log2', not {value}")),
                }
            }
            Param::P => {
                self.params.p = match value.parse() {
                    Ok(p) if 0.0 < p && p < 1.0 => p,
                    _ => return Err(format!("p is a number between 0 and 1, not {value}")),
                }
            }
            Param::Rel => {
                self.params.rel = match value.parse() {
                    Ok(rel @ 1..) => Some(rel),
                    _ => return Err(format!("rel is a whole number from 1, not {value}")),
                }
            }
        }
        Ok(())
    }

    /// The name without parameters.
    pub fn family(&self) -> &'static Family {
        self.family
    }

    /// The highest grade that the measure is defined for; `None` for any.
    pub(super) fn max_grade(&self) -> Option<i32> {
        (self.family.max_grade)(&self.params)
    }

    /// The value for one topic.
    pub(super) fn score(&self, ranking: &Ranking<'_>) -> f64 {
        // An empty sum of floats is -0.0, which would be printed.
        (self.family.score)(&self.params, ranking) + 0.0
    }

    /// The value for all topics together, the mean or the sum; zero where there is none.
    pub fn aggregate(&self, per_topic: &[f64]) -> f64 {
        let sum = per_topic.iter().sum::<f64>() + 0.0;
        match self.family.aggregate {
            Aggregate::Sum => sum,
            Aggregate::Mean => sum / per_topic.len().max(1) as f64,
        }
    }
}

impl FromStr for Measure {
    type Err = EvalError;

    fn from_str(text: &str) -> Result<Self, EvalError> {
        Self::parse(text)
    }
}

impl PartialEq for Measure {
    fn eq(&self, other: &Self) -> bool {
        self.family.name == other.family.name && self.params == other.params
    }
}

impl fmt::Debug for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Measure({self})")
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { family, params } = self;
        f.write_str(family.name)?;
        let mut open = '(';
        for param in family.accepts {
            if family.always_printed.contains(param) || !param.same(params, &family.defaults) {
                write!(f, "{open}{}=", param.key())?;
                match (param, params) {
                    (Param::Dcg, Params { dcg: Dcg::Log2, .. }) => f.write_str("'log2'")?,
                    (Param::Dcg, Params { dcg: Dcg::ExpLog2, .. }) => f.write_str("'exp-log2'")?,
                    (Param::P, Params { p, .. }) => write!(f, "{p:?}")?,
                    (Param::Rel, Params { rel, .. }) => write!(f, "{}", rel.unwrap_or_default())?,
                }
                open = ',';
            }
        }
        if open == ',' {
            f.write_str(")")?;
        }
        match params.cutoff {
            Some(cutoff) => write!(f, "@{cutoff}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Family({})", self.name)
    }
}

impl Param {
    fn key(self) -> &'static str {
        match self {
            Self::Dcg => "dcg",
            Self::P => "p",
            Self::Rel => "rel",
        }
    }

    fn same(self, a: &Params, b: &Params) -> bool {
        match self {
            Self::Dcg => a.dcg == b.dcg,
            Self::P => a.p == b.p,
            Self::Rel => a.rel == b.rel,
        }
    }
}

impl Params {
    /// Grades from 1 are relevant, a grade is its own gain, and all documents count.
    const BINARY: Self = Self { cutoff: None, dcg: Dcg::Log2, p: 0.8, rel: Some(1) };

    /// Whether a document of this grade is relevant.
    fn is_relevant(&self, grade: Option<i32>) -> bool {
        grade.is_some_and(|grade| grade >= self.rel.unwrap_or(1))
    }

    /// How many documents count, as far as there can be so many.
    fn depth(&self) -> usize {
        self.cutoff.map_or(usize::MAX, |cutoff| cutoff as usize)
    }
}

impl Ranking<'_> {
    /// The grades down to the cutoff.
    fn top(&self, params: &Params) -> &[Option<i32>] {
        &self.grades[..self.grades.len().min(params.depth())]
    }

    /// How many relevant documents the topic has, retrieved or not.
    fn relevant(&self, params: &Params) -> usize {
        self.judged.iter().filter(|&&grade| params.is_relevant(Some(grade))).count()
    }

    /// How many relevant documents are retrieved down to the cutoff.
    fn relevant_retrieved(&self, params: &Params) -> usize {
        self.top(params).iter().filter(|&&grade| params.is_relevant(grade)).count()
    }
}

fn any_grade(_: &Params) -> Option<i32> {
    None
}

fn unknown(name: &str) -> EvalError {
    let names = || FAMILIES.iter().flat_map(|family| family.aliases.iter().map(|alias| alias.0).chain([family.name]));
    let nearest =
        names().map(|known| (distance(name, known), known)).min().filter(|(away, known)| *away <= known.len() / 2);
    let known: Vec<_> = FAMILIES.iter().map(|family| family.name).collect();
    EvalError::UnknownMeasure {
        name: name.to_owned(),
        nearest: nearest.map(|(_, known)| known),
        known: known.join(", "),
    }
}

/// The Levenshtein distance, regardless of ASCII case.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.chars().enumerate() {
            let replaced = diagonal + usize::from(!x.eq_ignore_ascii_case(&y));
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.chars().count()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        match Measure::parse(text) {
            Ok(measure) => {
                assert_eq!(measure.to_string(), expect);
                assert_eq!(Measure::parse(expect).unwrap(), measure);
            }
            Err(error) => assert_eq!(error.to_string(), expect),
        }
    }

    #[test]
    fn canonical_names_print_as_they_are_read() {
        for name in [
            "AP",
            "AP@100",
            "AP(rel=2)",
            "AP(rel=2)@100",
            "Bpref",
            "Bpref(rel=2)",
            "ERR",
            "ERR@20",
            "Judged",
            "Judged@10",
            "nDCG",
            "nDCG@10",
            "nDCG(dcg='exp-log2')",
            "nDCG(dcg='exp-log2')@10",
            "NumRel",
            "NumRel(rel=2)",
            "NumRet",
            "NumRet(rel=1)",
            "P@5",
            "P(rel=2)@5",
            "R@1000",
            "R(rel=2)@1000",
            "RBP(rel=1)",
            "RBP(p=0.5,rel=1)",
            "RBP(p=0.95,rel=2)@10",
            "Rprec",
            "Rprec(rel=3)",
            "RR",
            "RR@10",
            "RR(rel=2)@10",
            "Success@1",
            "Success(rel=2)@1",
        ] {
            check(name, name);
        }
    }

    #[test]
    fn other_spellings_become_canonical() {
        check("ndcg@10", "nDCG@10");
        check(" nDCG ( dcg = \"exp-log2\" ) @ 10 ", "nDCG(dcg='exp-log2')@10");
        check("nDCG(dcg=log2)@10", "nDCG@10");
        check("AP()", "AP");
        check("AP(rel=1)", "AP");
        check("MAP(rel=2)", "AP(rel=2)");
        check("MRR@10", "RR@10");
        check("Precision@5", "P@5");
        check("Recall@5", "R@5");
        check("BPref", "Bpref");
        check("NumRelRet", "NumRet(rel=1)");
        check("RBP", "RBP(rel=1)");
        check("RBP(p=0.8)", "RBP(rel=1)");
        check("RBP(rel=2,p=0.50)", "RBP(p=0.5,rel=2)");
    }

    #[test]
    fn faults_say_what_would_do() {
        let known = "there are AP, Bpref, ERR, Judged, nDCG, NumRel, NumRet, P, R, RBP, Rprec, RR, Success";
        check("nGCD@10", &format!("no measure is called \"nGCD\" (did you mean nDCG?); {known}"));
        check("Bref", &format!("no measure is called \"Bref\" (did you mean Bpref?); {known}"));
        check("happiness", &format!("no measure is called \"happiness\"; {known}"));
        check("", &format!("no measure is called \"\"; {known}"));
        check("P", "the measure \"P\" cannot be read: P needs a cutoff, as in P@10");
        check("Rprec@5", "the measure \"Rprec@5\" cannot be read: Rprec takes no cutoff");
        check("nDCG@0", "the measure \"nDCG@0\" cannot be read: the cutoff \"0\" is not a whole number from 1");
        check("nDCG@", "the measure \"nDCG@\" cannot be read: the cutoff \"\" is not a whole number from 1");
        check("AP(rel=2", "the measure \"AP(rel=2\" cannot be read: the bracket is not closed");
        check("AP(2)", "the measure \"AP(2)\" cannot be read: \"2\" is not key=value");
        check("AP(p=2)", "the measure \"AP(p=2)\" cannot be read: AP has no parameter \"p\", only rel");
        check("RBP(q=2)", "the measure \"RBP(q=2)\" cannot be read: RBP has no parameter \"q\", only p and rel");
        check("ERR(rel=2)", "the measure \"ERR(rel=2)\" cannot be read: ERR takes no parameter");
        check("AP(rel=0)", "the measure \"AP(rel=0)\" cannot be read: rel is a whole number from 1, not 0");
        check("RBP(p=1)", "the measure \"RBP(p=1)\" cannot be read: p is a number between 0 and 1, not 1");
        check("nDCG(dcg=ln)", "the measure \"nDCG(dcg=ln)\" cannot be read: dcg is 'log2' or 'exp-log2', not ln");
    }

    #[test]
    fn the_registry_is_sorted_and_unambiguous() {
        let sorted = FAMILIES.windows(2).all(|two| two[0].name.to_lowercase() < two[1].name.to_lowercase());
        assert!(sorted, "help: sort FAMILIES by name, regardless of case");
        let names =
            || FAMILIES.iter().flat_map(|family| family.aliases.iter().map(|alias| alias.0).chain([family.name]));
        for name in names() {
            let same = names().filter(|other| other.eq_ignore_ascii_case(name)).count();
            assert_eq!(same, 1, "help: rename {name}, two measures answer to it");
        }
    }
}
