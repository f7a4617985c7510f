//! Splitting compounds: *arbejdsmarkedspolitik* is *arbejds* + *markeds* + *politik*.
//!
//! A word is split where that is the likelier way to have made it. A table, learned by `tools/` from the counts of
//! statutes, holds for each string what it costs (a negative logarithm of a probability) as a modifier and as the head,
//! and how well it is known as a word of its own; the cheapest row of parts is found by dynamic programming (Viterbi) and
//! taken if it is cheaper than the whole. An unknown whole costs so much a letter, so that long unknown words fall apart
//! if they can and short ones stay. That is the two-part code of M. Creutz and K. Lagus, "Unsupervised Discovery of
//! Morphemes" (2002), with positions in the compound and linking forms added. If known parts make no word, one unknown
//! part is allowed: the first, or a head behind a linking -s. Hand-made lists overrule all this.
//!
//! The parts are adjacent stretches of the word. Their `base` is what the modifier is called as a word of its own:
//! *arbejds* is *arbejde*, *tul* in *tullag* is *tull*.
//!
//! Rejected: splitting wherever both halves are words, which needs no learning (*rege* + *ringen*); comparing the
//! frequencies of whole and parts alone, which knows nothing of linking letters (*areals* + *tørrelse*); a list of
//! compounds, which is never long enough; the counts of an index in the table too. With those of all documents of the
//! help pages and encyclopaedia paragraphs, which an index could learn at most, nDCG@10 rose by 0.0036 and R@100 by 0.0031
//! on one collection (lohelp; by 0.0019 and 0.0029 with its titles), and by no more than 0.0005 on the others. For that an
//! index would be read twice, carry a table of some hundred kilobytes a language, and be made anew whenever its words had
//! changed: postings and queries must be split by the same. Nor do the counts of other help pages (bchelp) in the shipped
//! tables pay: as they are, nDCG@10 rises by 0.0011 on lohelp (p = 0.06) and falls by 0.0005 with its titles; counted three
//! times it rises by 0.0023 (p = 0.002) and 0.0017, in Swedish alone, and falls by 0.0013 (p = 0.02) over the topics of all
//! three collections of statutes.

use std::fmt;

use fst::raw::Fst;
use rustc_hash::FxHashMap;

/// What a language's splitter is made of.
#[derive(Debug, PartialEq, Eq)]
pub struct Compounds {
    /// The bytes of an `fst::Map` from strings to [`Entry`] values.
    pub table: &'static [u8],
    /// Words that stay whole, one a line; `#` begins a comment.
    pub never: &'static str,
    /// Words whose parts are given, one a line: the word, a tab, the parts with `+` between them.
    pub force: &'static str,
    /// How modifiers and heads are formed.
    pub linking: Linking,
}

/// How a language forms the parts of compounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Linking {
    /// The forms that a word takes before another; the first is the word itself. An [`Entry`] names one by its place.
    pub links: &'static [Link],
    /// Whether one of three equal consonants is dropped where parts meet (*tull* + *lag* = *tullag*).
    pub drops_third: bool,
    /// The endings of words by number, case, tense and the like, without a stem: the last part may have any.
    pub inflections: &'static [&'static str],
    /// Strings that are never a part, though they are words: particles, prefixes, function words.
    pub particles: &'static [&'static str],
    /// Strings that look like heads and are endings.
    pub endings: &'static [&'static str],
}

/// One form that a word takes before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// What the word loses at its end.
    pub lost: &'static str,
    /// Whether its last letter is then doubled (*skat*, *skatte*).
    pub doubled: bool,
    /// What it is then given.
    pub added: &'static str,
}

impl Link {
    /// The modifier that `word` becomes, if it ends as it must.
    pub fn apply(&self, word: &str) -> Option<String> {
        let mut form = word.strip_suffix(self.lost)?.to_owned();
        let last = form.chars().next_back()?;
        if self.doubled {
            form.push(last);
        }
        form.push_str(self.added);
        Some(form)
    }

    /// The word that became `modifier`, if it can have.
    pub fn undo(&self, modifier: &str) -> Option<String> {
        let mut base = modifier.strip_suffix(self.added)?;
        if self.doubled {
            let last = base.chars().next_back()?;
            base = &base[..base.len() - last.len_utf8()];
            if !base.ends_with(last) {
                return None;
            }
        }
        (!base.is_empty()).then(|| [base, self.lost].concat())
    }
}

/// What the table says of one string. Costs are in steps of [`Self::STEP`]; none is there where the string cannot be that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Entry {
    /// Its cost as a modifier.
    pub modifier: Option<u8>,
    /// Its cost as the head.
    pub head: Option<u8>,
    /// How much less it costs as a word by itself than an unknown one.
    pub whole: Option<u8>,
    /// As a modifier it is this one of [`Linking::links`].
    pub link: u8,
}

const BITS: u32 = 6;

impl Entry {
    /// The costs' unit, in natural logarithms.
    pub const STEP: f32 = 0.25;
    /// The highest cost that is held, in steps: with none, all that six bits can say.
    pub const MOST: u8 = 62;

    /// The value in the table. Zero in a field is "none", so that the commonest values are small.
    pub fn pack(self) -> u64 {
        let field = |cost: Option<u8>| cost.map_or(0, |cost| u64::from(cost.min(Self::MOST)) + 1);
        field(self.modifier)
            | field(self.head) << BITS
            | field(self.whole) << (2 * BITS)
            | u64::from(self.link) << (3 * BITS)
    }

    /// The reverse of [`Self::pack`].
    pub fn unpack(value: u64) -> Self {
        let field = |place: u32| ((value >> (place * BITS)) as u8 & 63).checked_sub(1);
        Self { modifier: field(0), head: field(1), whole: field(2), link: (value >> (3 * BITS)) as u8 }
    }
}

/// One part of a compound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompoundPart {
    /// Where it begins in the word, in bytes.
    pub start: usize,
    /// Where it ends: at the start of the next part or the end of the word.
    pub end: usize,
    /// The part as a word of its own: linking letters taken off, a lost letter restored. The last part keeps its
    /// inflection.
    pub base: String,
}

/// The longest word that is looked at, in bytes.
const LONGEST: usize = 120;
/// The shortest word that is looked at, in bytes.
const SHORTEST: usize = 5;
const MOST_PARTS: u8 = 5;

/// What a whole word that the table does not know costs a letter, and apart from its letters.
const UNKNOWN_LETTER: f32 = 3.4;
/// See [`UNKNOWN_LETTER`].
const UNKNOWN_WORD: f32 = 1.0;
/// What a compound costs beyond its parts.
const COMPOUND: f32 = 1.0;
/// What an inflected form costs beyond a form of the same word that the table has.
const INFLECTED: f32 = 1.0;
/// What a linking -s costs on a word that is not known to take it.
const NEW_LINK: f32 = 3.0;
/// What a part that the table does not know costs apart from its letters.
const UNKNOWN_PART: f32 = -2.0;
/// What the loss of the third of three equal consonants costs.
const DROPPED: f32 = 1.0;

/// Splits words. Remembers nothing.
pub struct Splitter {
    table: Fst<&'static [u8]>,
    linking: &'static Linking,
    /// The words of the lists: their parts, or nothing where they stay whole.
    listed: FxHashMap<&'static str, Option<&'static str>>,
}

/// A word on its way through the splitter.
struct Word<'w> {
    text: &'w str,
    /// The bit of each length in bytes at which the word's end is an inflection; that of zero is set.
    inflections: u32,
}

impl<'w> Word<'w> {
    fn is_inflection(&self, length: usize) -> bool {
        length < 32 && self.inflections >> length & 1 == 1
    }

    /// The word, and what is left of it when an inflection is taken off: as a list may have it.
    fn forms(&self) -> impl Iterator<Item = &'w str> {
        let length = self.text.len();
        let cuts = (0..length.min(8)).filter(|&cut| self.is_inflection(cut));
        cuts.filter_map(move |cut| self.text.get(..length - cut))
    }
}

impl fmt::Debug for Splitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Splitter").field("entries", &self.table.len()).finish_non_exhaustive()
    }
}

/// The cheapest way to a place in the word.
#[derive(Clone, Copy)]
struct Way {
    cost: f32,
    from: u8,
    parts: u8,
    form: Form,
}

/// How the last part of a way is formed.
#[derive(Clone, Copy)]
enum Form {
    /// By the link of this number.
    Link(u8),
    /// By the link of this number, its last consonant fallen out.
    Dropped(u8),
    /// A linking -s that the table has not on this word.
    NewLink,
    /// It is the head.
    Head,
}

impl Way {
    /// Whether a row of parts can go on from here and cost less than `bound`.
    fn goes_on(&self, bound: f32) -> bool {
        self.cost < bound && self.parts < MOST_PARTS
    }
}

const NO_WAY: Way = Way { cost: f32::INFINITY, from: 0, parts: 0, form: Form::Head };

impl Splitter {
    /// Reads the lists and opens the table.
    ///
    /// # Errors
    /// What is wrong with a list, with its line, or with the table.
    pub fn new(compounds: &'static Compounds) -> Result<Self, String> {
        let table = Fst::new(compounds.table).map_err(|error| format!("the table of compounds: {error}"))?;
        let mut listed = FxHashMap::default();
        for (number, line) in lines(compounds.force) {
            let fault = |what: &str| format!("forced splits, line {number}: {what}");
            let (word, parts) = line.split_once('\t').ok_or_else(|| fault("no tab between word and parts"))?;
            if !parts.contains('+') || parts.split('+').any(str::is_empty) {
                return Err(fault("no two parts with + between them"));
            }
            if !parts.split('+').flat_map(str::chars).eq(word.chars()) {
                return Err(fault("the parts do not make the word"));
            }
            if listed.insert(word, Some(parts)).is_some_and(|other| other != Some(parts)) {
                return Err(fault("the word is there already"));
            }
        }
        for (number, word) in lines(compounds.never) {
            if listed.insert(word, None).flatten().is_some() {
                return Err(format!("words that stay whole, line {number}: {word} is split by force"));
            }
        }
        Ok(Self { table, linking: &compounds.linking, listed })
    }

    /// The parts of a lower-case `word`, empty where it stays whole.
    pub fn split(&self, word: &str) -> Vec<CompoundPart> {
        self.explain(word).map(|(parts, _)| parts).unwrap_or_default()
    }

    /// The parts of a lower-case `word` and by how much (in natural logarithms) they are likelier than the whole:
    /// infinity where a list says so. None where it stays whole.
    pub fn explain(&self, word: &str) -> Option<(Vec<CompoundPart>, f32)> {
        if !(SHORTEST..=LONGEST).contains(&word.len()) || !word.chars().all(char::is_alphabetic) {
            return None;
        }
        let word = &self.word(word);
        if let Some(parts) = word.forms().find_map(|form| self.listed.get(form)) {
            return parts.map(|parts| (self.forced(word.text, parts), f32::INFINITY));
        }
        let length = word.text.len();
        let mut ways = [NO_WAY; LONGEST + 1];
        ways[0].cost = COMPOUND;
        let known = self.walk(word, 0, &mut ways);
        let whole = known.unwrap_or_else(|| unknown(word));
        for at in 1..length {
            if ways[at].goes_on(whole.min(ways[length].cost)) {
                self.walk(word, at, &mut ways);
            }
        }
        if known.is_none() && ways[length].cost >= whole {
            self.walk_unknown(word, whole, &mut ways);
        }
        let gain = whole - ways[length].cost;
        (gain > 0.0).then(|| (self.parts(word.text, &ways), gain))
    }

    /// The parts of a lower-case `word` by another list, which says of a word its parts with `+` between them, or that it
    /// has none; of the word's forms that holds too, also where they double its last letter (*blik*, *blikket*). None where
    /// the list says nothing of it.
    pub fn split_by<'l>(
        &self,
        word: &str,
        list: impl Fn(&str) -> Option<Option<&'l str>>,
    ) -> Option<Vec<CompoundPart>> {
        let word = self.word(word);
        let doubled =
            word.forms().skip(1).filter(|form| ends_doubled(form.as_bytes())).map(|form| &form[..form.len() - 1]);
        let parts = word.forms().chain(doubled).find_map(list)?;
        Some(parts.map(|parts| self.forced(word.text, parts)).unwrap_or_default())
    }

    fn word<'w>(&self, text: &'w str) -> Word<'w> {
        let inflections = self.linking.inflections.iter().filter(|ending| text.ends_with(*ending));
        Word { text, inflections: inflections.fold(1, |bits, ending| bits | 1 << (ending.len() & 31)) }
    }

    /// What the table has on `string`.
    pub fn entry(&self, string: &str) -> Option<Entry> {
        self.table.get(string).map(|output| Entry::unpack(output.value()))
    }

    /// Tries every part that begins at `at`; from the word's start, returns the cost of the whole if it is known.
    fn walk(&self, word: &Word<'_>, at: usize, ways: &mut [Way; LONGEST + 1]) -> Option<f32> {
        let bytes = word.text.as_bytes();
        let here = Way { from: at as u8, parts: ways[at].parts + 1, ..ways[at] };
        let mut reach = |to: usize, cost: f32, form: Form| {
            if cost < ways[to].cost {
                ways[to] = Way { cost, form, ..here };
            }
        };
        let mut whole = None;
        let (mut node, mut sum) = (self.table.root(), 0);
        for (index, &byte) in bytes.iter().enumerate().skip(at) {
            let Some(place) = node.find_input(byte) else { break };
            let transition = node.transition(place);
            sum += transition.out.value();
            node = self.table.node(transition.addr);
            if !node.is_final() {
                continue;
            }
            let entry = Entry::unpack(sum + node.final_output().value());
            let end = index + 1;
            let rest = &bytes[end..];
            // Short words with an ending look like too much: *is* + *t*.
            let inflected = rest.is_empty() || end - at > 3 && word.is_inflection(rest.len());
            let extra = if rest.is_empty() { 0.0 } else { INFLECTED };
            if let Some(cost) = entry.modifier.filter(|_| !rest.is_empty()) {
                let cost = here.cost + f32::from(cost) * Entry::STEP;
                reach(end, cost, Form::Link(entry.link));
                if self.linking.drops_third && ends_doubled(&bytes[at..end]) {
                    reach(end - 1, cost + DROPPED, Form::Dropped(entry.link));
                }
                if rest.len() > 1 && rest[0] == b's' && entry.link == 0 {
                    reach(end + 1, cost + NEW_LINK, Form::NewLink);
                }
            }
            if at > 0 && inflected {
                let ending = !rest.is_empty() && self.linking.endings.contains(&&word.text[at..]);
                if let Some(cost) = entry.head.filter(|_| !ending) {
                    reach(bytes.len(), here.cost + f32::from(cost) * Entry::STEP + extra, Form::Head);
                }
            } else if inflected && let Some(known) = entry.whole {
                whole = Some(unknown(word) - f32::from(known) * Entry::STEP + extra);
            }
        }
        whole
    }

    /// Tries what the table cannot make: an unknown head behind a linking -s, else an unknown word before known parts.
    fn walk_unknown(&self, word: &Word<'_>, whole: f32, ways: &mut [Way; LONGEST + 1]) {
        let cost = |part: &str| UNKNOWN_PART + UNKNOWN_LETTER * part.chars().count() as f32;
        let text = word.text;
        let length = text.len();
        for at in SHORTEST..length.saturating_sub(SHORTEST - 1) {
            let way = ways[at];
            let Form::Link(1..) = way.form else { continue };
            let linked = way.cost < f32::INFINITY && text.as_bytes()[at - 1] == b's' && way.parts < MOST_PARTS;
            if linked && self.may_be_word(&text[at..]) {
                let cost = way.cost + cost(&text[at..]);
                if cost < ways[length].cost {
                    ways[length] = Way { cost, from: at as u8, parts: way.parts + 1, form: Form::Head };
                }
            }
        }
        let mut others = [NO_WAY; LONGEST + 1];
        for at in SHORTEST - 1..length {
            if text.is_char_boundary(at) && self.may_be_word(&text[..at]) {
                let cost = COMPOUND + cost(&text[..at]);
                if cost < others[at].cost {
                    others[at] = Way { cost, from: 0, parts: 1, form: Form::Link(0) };
                }
            }
            if others[at].goes_on(whole.min(others[length].cost)) {
                self.walk(word, at, &mut others);
            }
        }
        if others[length].cost < ways[length].cost {
            *ways = others;
        }
    }

    /// Whether an unknown part can be a word: it has a vowel and no list says otherwise.
    fn may_be_word(&self, part: &str) -> bool {
        part.contains(|c| "aeiouyæøåäö".contains(c))
            && !self.linking.particles.contains(&part)
            && !self.linking.endings.contains(&part)
            && !self.linking.inflections.contains(&part)
    }

    /// The parts that the ways to the word's end lead over.
    fn parts(&self, word: &str, ways: &[Way; LONGEST + 1]) -> Vec<CompoundPart> {
        let mut parts = Vec::with_capacity(usize::from(ways[word.len()].parts));
        let mut end = word.len();
        while end > 0 {
            let way = ways[end];
            let start = usize::from(way.from);
            let part = &word[start..end];
            let base = match way.form {
                Form::Link(link) => self.base(part, link),
                Form::Dropped(link) => {
                    let full: String = part.chars().chain(part.chars().next_back()).collect();
                    self.base(&full, link)
                }
                Form::NewLink => part[..part.len() - 1].to_owned(),
                Form::Head => part.to_owned(),
            };
            parts.push(CompoundPart { start, end, base });
            end = start;
        }
        parts.reverse();
        parts
    }

    /// The parts of `word`, a form of a word whose parts the list gives.
    fn forced(&self, word: &str, parts: &str) -> Vec<CompoundPart> {
        let mut start = 0;
        let count = parts.split('+').count();
        let ends = parts.split('+').enumerate().map(|(index, part)| (index + 1 == count, part.len()));
        ends.map(|(last, length)| {
            let end = if last { word.len() } else { start + length };
            let part = &word[start..end];
            let link = self.entry(part).map_or(0, |entry| entry.link);
            let base = if last { part.to_owned() } else { self.base(part, link) };
            let part = CompoundPart { start, end, base };
            start = end;
            part
        })
        .collect()
    }

    fn base(&self, modifier: &str, link: u8) -> String {
        let link = self.linking.links.get(usize::from(link));
        link.and_then(|link| link.undo(modifier)).unwrap_or_else(|| modifier.to_owned())
    }
}

/// What `word` costs as a whole that the table does not know. Its inflection costs nothing.
fn unknown(word: &Word<'_>) -> f32 {
    let ending = 31 - word.inflections.leading_zeros() as usize;
    let letters = word.text.as_bytes().iter().filter(|&&byte| (byte as i8) >= -64).count();
    UNKNOWN_WORD + UNKNOWN_LETTER * letters.saturating_sub(ending) as f32
}

/// The lines of a list, numbered from one, without comments and empty ones.
fn lines(list: &'static str) -> impl Iterator<Item = (usize, &'static str)> {
    (1..).zip(list.lines()).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// Whether the last two letters are the same consonant.
fn ends_doubled(bytes: &[u8]) -> bool {
    match bytes {
        [.., before, last] => before == last && last.is_ascii_lowercase() && !b"aeiouy".contains(last),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn link(lost: &'static str, added: &'static str) -> Link {
        Link { lost, doubled: false, added }
    }

    const LINKING: Linking = Linking {
        links: &[link("", ""), link("e", "s"), Link { lost: "", doubled: true, added: "e" }],
        drops_third: true,
        inflections: &["s", "en", "et", "er"],
        particles: &["over"],
        endings: &["inget"],
    };

    fn compounds(never: &'static str, force: &'static str) -> &'static Compounds {
        let entry = |modifier, head, whole, link| Entry { modifier, head, whole, link }.pack();
        let mut table = fst::MapBuilder::memory();
        for (string, value) in [
            ("arbejde", entry(None, Some(20), Some(40), 0)),
            ("arbejds", entry(Some(20), None, None, 1)),
            ("dag", entry(Some(24), Some(20), Some(40), 0)),
            ("lag", entry(Some(24), Some(20), Some(40), 0)),
            ("ring", entry(None, Some(24), Some(20), 0)),
            ("skat", entry(Some(30), Some(20), Some(40), 0)),
            ("skatte", entry(Some(20), None, None, 2)),
            ("sø", entry(Some(20), None, None, 0)),
            ("tull", entry(Some(24), Some(20), Some(40), 0)),
            ("ær", entry(Some(62), Some(62), None, 0)),
        ] {
            table.insert(string, value).unwrap();
        }
        let table = table.into_inner().unwrap().leak();
        Box::leak(Box::new(Compounds { table, never, force, linking: LINKING }))
    }

    /// The bases of the parts, and that the parts are adjacent and make the word.
    fn split(splitter: &Splitter, word: &str) -> String {
        let parts = splitter.split(word);
        let ends: Vec<usize> = parts.iter().map(|part| part.end).collect();
        let starts: Vec<usize> = parts.iter().map(|part| part.start).collect();
        if let Some((&last, inner)) = ends.split_last() {
            assert_eq!((starts[0], &starts[1..], last), (0, inner, word.len()), "{word}");
        }
        parts.iter().map(|part| part.base.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn parts_and_their_bases() {
        let splitter = Splitter::new(compounds("", "")).unwrap();
        let check = |word: &str, expect: &str| assert_eq!(split(&splitter, word), expect, "{word}");
        check("arbejdsdag", "arbejde dag");
        check("arbejdsdagen", "arbejde dagen");
        check("skattelag", "skat lag");
        check("tullag", "tull lag");
        check("tulldag", "tull dag");
        check("dagsskat", "dag skat");
        check("sølag", "sø lag");
        // An unknown part.
        check("bambuslag", "bambus lag");
        check("arbejdszyxer", "arbejde zyxer");
        // Whole.
        check("arbejde", "");
        check("overring", "");
        check("dagenes", "");
        check("", "");
    }

    #[test]
    fn lists_overrule() {
        let splitter = Splitter::new(compounds("# whole\narbejdsdag\n", "sølagring\tsø+lag+ring")).unwrap();
        let check = |word: &str, expect: &str| assert_eq!(split(&splitter, word), expect, "{word}");
        check("arbejdsdag", "");
        check("arbejdsdagen", "");
        check("arbejdslag", "arbejde lag");
        check("sølagring", "sø lag ring");
        check("sølagringen", "sø lag ringen");
        assert_eq!(splitter.explain("sølagring").unwrap().1, f32::INFINITY);
    }

    #[test]
    fn another_list_overrules_those() {
        let splitter = Splitter::new(compounds("", "sølagring\tsø+lag+ring")).unwrap();
        let list = |word: &str| match word {
            "sølagring" => Some(None),
            "arbejdsring" => Some(Some("arbejds+ring")),
            "øl" => Some(Some("ø+l")),
            "tildag" => Some(Some("til+dag")),
            _ => None,
        };
        let bases = |parts: Vec<CompoundPart>| parts.into_iter().map(|part| part.base).collect::<Vec<_>>().join(" ");
        let check = |word: &str, expect: Option<&str>| {
            assert_eq!(splitter.split_by(word, list).map(bases).as_deref(), expect, "{word}");
        };
        check("sølagringen", Some(""));
        check("arbejdsringens", None);
        check("arbejdsringen", Some("arbejde ringen"));
        check("øl", Some("ø l"));
        check("tildaggen", Some("til daggen"));
        check("tildagg", None);
        check("dag", None);
        check("", None);
    }

    #[test]
    fn faults_of_the_lists_name_their_line() {
        let check = |never, force, expect: &str| {
            assert_eq!(Splitter::new(compounds(never, force)).unwrap_err(), expect);
        };
        check("", "#\nsølag", "forced splits, line 2: no tab between word and parts");
        check("", "sølag\tsølag", "forced splits, line 1: no two parts with + between them");
        check("", "sølag\tsø+lov", "forced splits, line 1: the parts do not make the word");
        check("", "sølag\tsø+lag\nsølag\tsøl+ag", "forced splits, line 2: the word is there already");
        check("a\nsølag", "sølag\tsø+lag", "words that stay whole, line 2: sølag is split by force");
    }

    #[test]
    fn entries_survive_packing() {
        for entry in [
            Entry::default(),
            Entry { modifier: Some(0), head: Some(Entry::MOST), whole: None, link: 13 },
            Entry { modifier: None, head: Some(7), whole: Some(Entry::MOST), link: 0 },
        ] {
            assert_eq!(Entry::unpack(entry.pack()), entry);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_string_breaks_it(word in "(arbejds|skatte|sø|æ|å\u{308}|tull|l|s|dag|7|\\PC){0,30}") {
            let splitter = Splitter::new(compounds("ring", "sølag\tsø+lag")).unwrap();
            split(&splitter, &word);
        }
    }
}
