//! Passages: the few places of an article that show best why it was found, and what to mark in them.
//!
//! The text around the matches is cut into sentences (the module `sentence`), every run of neighbouring sentences that is short
//! enough is scored, and the best runs are taken greedily, each valued by what the ones before it did not show (the
//! idea of maximal marginal relevance, Carbonell and Goldstein 1998). Scoring every run, rather than growing one from
//! the best match, lets coverage, whole sentences and readable prose be weighed against one another in one place:
//! `Scorer`. Only the surroundings of promising matches are read: of a statute of five megabytes, a few pages.
//!
//! Rejected: fixed windows of characters (they begin and end in mid-sentence); BM25 over sentences (it prefers five
//! times one word to both words of a query); the passages in the order of their scores (read one after another they
//! would jump to and fro in the argument; whoever wants the best alone asks for one passage).

mod sentence;

use std::ops::Range;

use self::sentence::{Gap, Kind, Piece};

/// Chooses the passages of `body` that show best what matched, in the order of reading.
///
/// `matches` are sorted by where they begin, and may overlap (a compound and its part). Those that are empty, lie
/// outside `body` or cut a character are passed over. Where nothing matches, the one passage is how the text begins:
/// its first full sentences, without highlights. The result is empty only where `body` has no words or a limit is 0.
pub fn passages(body: &str, matches: &[Match], limits: &Limits) -> Vec<Passage> {
    if limits.passages == 0 || limits.chars == 0 {
        return Vec::new();
    }
    let size = Size::new(limits.chars);
    let (hits, terms) = read_matches(body, matches);
    let mut chosen = if hits.is_empty() { Vec::new() } else { choose(body, &hits, &terms, limits.passages, size) };
    if chosen.is_empty() {
        chosen.extend(lead(body, size));
    }
    chosen.sort_by_key(|cut| cut.span.start);
    let (mut line, mut counted) = (1, 0);
    let mut out = Vec::with_capacity(chosen.len());
    for Cut { span, start, end } in chosen {
        line += body.as_bytes()[counted..span.start].iter().filter(|&&byte| byte == b'\n').count();
        counted = span.start;
        let highlights = highlights(body, &hits, &terms, &span);
        out.push(Passage { span, line, highlights, cut_start: start, cut_end: end });
    }
    out
}

/// One place where the text matches the query.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// Bytes in the body, on character boundaries.
    pub span: Range<usize>,
    /// Which word of the query, from 0 in the order of the query: words side by side in the query count for more where
    /// they stand side by side in the text.
    pub term: usize,
    /// How much that word tells: its rarity (an idf), above 0, possibly less where it matched in part. A match that
    /// weighs less than a tenth of the heaviest counts as a common word: it is marked only within a phrase.
    pub weight: f32,
}

/// How much to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most passages.
    pub passages: usize,
    /// The length of a passage in characters (Unicode scalar values). A passage may be a fifth longer where that saves
    /// a sentence from being cut or shows another word of the query, never more.
    pub chars: usize,
}

impl Default for Limits {
    /// Three passages of two or three lines.
    fn default() -> Self {
        Self { passages: 3, chars: 280 }
    }
}

/// A stretch of the body that is worth showing: an exact slice, with its line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Bytes in the body.
    pub span: Range<usize>,
    /// The line of the body that the passage begins on, from 1.
    pub line: usize,
    /// What to mark: bytes in the body, sorted, disjoint, inside `span`, on character boundaries.
    pub highlights: Vec<Range<usize>>,
    /// Whether it begins in mid-sentence, so that a renderer puts an ellipsis before it.
    pub cut_start: bool,
    /// Whether it ends in mid-sentence, so that a renderer puts an ellipsis after it.
    pub cut_end: bool,
}

/// Lengths in characters; where bytes are meant, a byte is taken for a character, which is right to a twentieth.
#[derive(Clone, Copy)]
struct Size {
    wanted: usize,
    most: usize,
}

impl Size {
    fn new(chars: usize) -> Self {
        // Beyond this the limit is none, and sums of lengths stay far from overflow.
        let wanted = chars.min(1 << 20);
        Self { wanted, most: wanted + wanted / 5 }
    }

    /// How far around a match the text is read: enough to see a whole passage on either side of it.
    fn reach(self) -> usize {
        2 * self.most + 64
    }
}

/// A match that is fit to use, its term counted densely.
struct Hit {
    span: Range<usize>,
    term: usize,
    weight: f64,
}

/// A word of the query that occurs in the body.
struct Term {
    /// Its place in the query.
    place: usize,
    weight: f64,
}

/// More words than this are not told apart: the first that occur count, the others are highlighted only.
const TERMS: usize = 64;

/// Sorts the matches out: those fit to use, and the terms that they belong to.
fn read_matches(body: &str, matches: &[Match]) -> (Vec<Hit>, Vec<Term>) {
    let mut terms: Vec<Term> = Vec::new();
    let mut hits = Vec::with_capacity(matches.len());
    for found in matches {
        if found.span.is_empty() || body.get(found.span.clone()).is_none_or(|text| text.trim().is_empty()) {
            continue;
        }
        let weight = f64::from(found.weight);
        let weight = if weight.is_finite() { weight.clamp(1e-3, 1e3) } else { 1e-3 };
        let term = match terms.iter().position(|term| term.place == found.term) {
            Some(term) => term,
            None if terms.len() < TERMS => {
                terms.push(Term { place: found.term, weight: 0.0 });
                terms.len() - 1
            }
            None => TERMS,
        };
        if let Some(term) = terms.get_mut(term) {
            term.weight = term.weight.max(weight);
        }
        hits.push(Hit { span: found.span.clone(), term, weight });
    }
    if !hits.is_sorted_by_key(|hit| hit.span.start) {
        hits.sort_by_key(|hit| (hit.span.start, hit.span.end, hit.term));
    }
    (hits, terms)
}

/// A passage before its highlights are looked up.
struct Cut {
    span: Range<usize>,
    start: bool,
    end: bool,
}

impl Cut {
    fn of(body: &str, pieces: &[Piece]) -> Option<Self> {
        let (first, last) = (pieces.first()?, pieces.last()?);
        // A paragraph or a line without a stop may announce what follows, an entry hand over to the next.
        let text = &body[last.span.clone()];
        let open = match last.kind {
            Kind::Prose => !sentence::stops(text),
            Kind::Item => sentence::hands_over(text) || body[last.span.end..].starts_with([',', ';']),
            Kind::Heading => text.ends_with(':'),
        };
        Some(Self {
            span: first.span.start..last.span.end,
            start: first.before < Gap::Sentence,
            end: last.after < Gap::Sentence || open,
        })
    }
}

/// A run of pieces that could be a passage.
struct Run {
    pieces: Range<usize>,
    /// The terms that it shows, a bit each.
    terms: u64,
    /// What it is worth apart from its terms.
    quality: f64,
    /// Whether it reads as text.
    readable: bool,
    out: bool,
}

/// The share of the query's weight that a passage after the first must add to what is shown, or else count as more of
/// the same.
const NEWS: f64 = 0.1;
/// What a term is worth that an earlier passage shows already.
const AGAIN: f64 = 0.35;
/// What a passage costs that has nothing else: whatever adds something comes before it.
const STALE: f64 = 0.3;
/// So many passages are turned down as repetitions before the search ends: a form with one sentence a thousand times.
const REFUSALS: usize = 24;

/// The best passages, best first.
fn choose(body: &str, hits: &[Hit], terms: &[Term], most: usize, size: Size) -> Vec<Cut> {
    let scorer = Scorer::new(body, hits, terms, size);
    let mut pieces = Vec::new();
    let mut runs = Vec::new();
    for range in promising(body, hits, &scorer) {
        let from = pieces.len();
        pieces.append(&mut sentence::pieces(body, range, size.most));
        scorer.runs(&pieces, from, &mut runs);
    }
    let mut chosen: Vec<(Cut, Vec<&str>)> = Vec::new();
    let (mut shown, mut first, mut repeated) = (0_u64, 0.0, false);
    for _ in 0..most.saturating_add(REFUSALS) {
        if chosen.len() >= most {
            break;
        }
        let mut best: Option<(usize, f64)> = None;
        for (i, run) in runs.iter().enumerate().filter(|(_, run)| !run.out) {
            let news = scorer.share(run.terms & !shown);
            let again = scorer.share(run.terms & shown);
            let more = !repeated && run.readable && run.quality > 0.0 && news + again >= 0.6 * first;
            let worth = chosen.is_empty() || news >= 2.0 * NEWS || (news >= NEWS && run.readable) || more;
            let stale = if news < NEWS && !chosen.is_empty() { STALE } else { 0.0 };
            let value = news + AGAIN * again + run.quality - stale;
            // The earlier of two equals.
            if worth && best.is_none_or(|(_, other)| value > other) {
                best = Some((i, value));
            }
        }
        let Some((best, _)) = best else { break };
        let run = &mut runs[best];
        run.out = true;
        let taken = run.pieces.clone();
        let Some(cut) = Cut::of(body, &pieces[taken.clone()]) else { continue };
        let news = scorer.share(run.terms & !shown);
        let words = words(&body[cut.span.clone()]);
        if chosen.iter().any(|(_, earlier)| alike(earlier, &words)) {
            continue;
        }
        if chosen.is_empty() {
            first = news;
        } else if news < NEWS {
            repeated = true;
        }
        shown |= run.terms;
        // What overlaps cannot be shown as well, and what adjoins is worth it only for what it adds.
        let around = cut.span.start.saturating_sub(size.wanted)..cut.span.end + size.wanted;
        for run in &mut runs {
            let (from, to) = (&pieces[run.pieces.start].span, &pieces[run.pieces.end - 1].span);
            run.out |= run.pieces.start < taken.end && taken.start < run.pieces.end;
            run.out |= scorer.share(run.terms & !shown) < NEWS && from.start < around.end && around.start < to.end;
        }
        chosen.push((cut, words));
    }
    chosen.into_iter().map(|(cut, _)| cut).collect()
}

/// The stretches of the body around the windows of matches that hold the most, in order and disjoint.
fn promising(body: &str, hits: &[Hit], scorer: &Scorer<'_>) -> Vec<Range<usize>> {
    /// As many windows are looked at closely, and some more for terms that these do not hold.
    const WINDOWS: usize = 20;
    const A_TERM: u32 = 2;
    const NEIGHBOURS: usize = 32;
    let mut counts = [0_u32; TERMS + 1];
    let (mut to, mut mask) = (0, 0_u64);
    let mut windows = Vec::new();
    for from in 0..hits.len() {
        let before = to;
        while to < hits.len() && hits[to].span.start < hits[from].span.start + scorer.size.wanted {
            counts[hits[to].term] += 1;
            mask |= bit(hits[to].term);
            to += 1;
        }
        // A window that is only the tail of the one before has nothing to add.
        if to > before {
            let close = (from + 1..to.min(from + NEIGHBOURS)).map(|i| scorer.link(i, from)).fold(0.0, f64::max);
            let early = 1.0 - hits[from].span.start as f64 / body.len() as f64;
            windows.push((scorer.share(mask) + scorer.weigh(close) + 0.1 * early, from, to, mask));
        }
        counts[hits[from].term] -= 1;
        if counts[hits[from].term] == 0 {
            mask &= !bit(hits[from].term);
        }
    }
    windows.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut held = [0_u32; TERMS];
    let mut taken: Vec<Range<usize>> = Vec::new();
    let mut wanting = u64::MAX;
    for (_, from, to, mask) in windows {
        if taken.len() >= WINDOWS && mask & wanting == 0 {
            continue;
        }
        let start = hits[from].span.start;
        if taken.len() >= 2 * WINDOWS || taken.iter().any(|range| range.start.abs_diff(start) < scorer.size.wanted / 2)
        {
            continue;
        }
        for (term, held) in held.iter_mut().enumerate().take(scorer.terms.len()) {
            *held += u32::from(mask & bit(term) != 0);
            if *held >= A_TERM {
                wanting &= !bit(term);
            }
        }
        taken.push(start..hits[to - 1].span.end);
    }
    let reach = scorer.size.reach();
    taken.sort_by_key(|range| range.start);
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in taken {
        let start = body.floor_char_boundary(range.start.saturating_sub(reach));
        let end = body.ceil_char_boundary(range.end.saturating_add(reach).min(body.len()));
        match out.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => out.push(start..end),
        }
    }
    out
}

/// The bit of a term; none for terms beyond those told apart.
fn bit(term: usize) -> u64 {
    if term < TERMS { 1 << term } else { 0 }
}

/// What makes a passage good, in shares of the whole query's weight: a passage that shows every word of the query
/// starts at 1, and everything else is worth a part of a word.
struct Scorer<'a> {
    body: &'a str,
    hits: &'a [Hit],
    terms: &'a [Term],
    total: f64,
    size: Size,
}

impl<'a> Scorer<'a> {
    fn new(body: &'a str, hits: &'a [Hit], terms: &'a [Term], size: Size) -> Self {
        let total = terms.iter().map(|term| term.weight).sum::<f64>().max(1e-3);
        Self { body, hits, terms, total, size }
    }

    /// The share of the query's weight that a set of terms holds.
    fn share(&self, mut terms: u64) -> f64 {
        let mut sum = 0.0;
        while terms != 0 {
            sum += self.terms[terms.trailing_zeros() as usize].weight;
            terms &= terms - 1;
        }
        sum / self.total
    }

    /// How closely match `i` follows match `j` (which begins no later), in weight: most where they are one word, or
    /// stand side by side in the order of the query.
    fn link(&self, i: usize, j: usize) -> f64 {
        let (later, earlier) = (&self.hits[i], &self.hits[j]);
        let (Some(a), Some(b)) = (self.terms.get(earlier.term), self.terms.get(later.term)) else { return 0.0 };
        if a.place == b.place {
            return 0.0;
        }
        let near = match later.span.start.saturating_sub(earlier.span.end) {
            0..=1 => 1.0,
            2..=8 => 0.7,
            9..=40 => 0.35,
            _ => return 0.0,
        };
        let between = self.body.as_bytes().get(earlier.span.end..later.span.start).unwrap_or_default();
        let apart = between.iter().any(|byte| matches!(byte, b'.' | b'\n' | b';' | b'?' | b'!'));
        let ordered = b.place > a.place && b.place - a.place <= 2 || later.span.start < earlier.span.end;
        near * if apart { 0.3 } else { 1.0 } * if ordered { 1.0 } else { 0.5 } * a.weight.min(b.weight)
    }

    /// What words standing together are worth.
    fn weigh(&self, links: f64) -> f64 {
        0.3 * links / self.total
    }

    /// Adds every run of the pieces after `from` that is short enough and shows a match.
    fn runs(&self, pieces: &[Piece], from: usize, out: &mut Vec<Run>) {
        /// Matches looked back at for each match.
        const BACK: usize = 8;
        let mut links = [0.0_f64; TERMS];
        for start in from..pieces.len() {
            let begin = pieces[start].span.start;
            let first_hit = self.hits.partition_point(|hit| hit.span.start < begin);
            let mut next = first_hit;
            let (mut mask, mut sentences) = (0_u64, 0_u32);
            let (mut seams, mut prose, mut noise) = (0.0_f64, 0.0_f64, 0.0_f64);
            for end in start..pieces.len() {
                let piece = &pieces[end];
                let chars = piece.offset + piece.chars - pieces[start].offset;
                if chars > self.size.most {
                    break;
                }
                if end > start {
                    seams += seam(self.body, &pieces[end - 1], piece);
                }
                if seams > 0.5 {
                    break;
                }
                let length = piece.chars as f64;
                prose += match piece.kind {
                    Kind::Prose => length,
                    Kind::Item => 0.6 * length,
                    Kind::Heading => 0.0,
                };
                noise += piece.noise * length;
                sentences += u32::from(end == start || piece.before >= Gap::Sentence);
                while let Some(hit) = self.hits.get(next).filter(|hit| hit.span.start < piece.span.end) {
                    if hit.term < TERMS && hit.span.end <= piece.span.end {
                        mask |= bit(hit.term);
                        for other in next.saturating_sub(BACK).max(first_hit)..next {
                            links[hit.term] = links[hit.term].max(self.link(next, other));
                        }
                    }
                    next += 1;
                }
                if mask == 0 {
                    continue;
                }
                let chars = chars as f64;
                let run = &pieces[start..=end];
                let unread = 0.28 * (1.0 - prose / chars).max(0.0) + 0.3 * noise / chars;
                let together = self.weigh(links[..self.terms.len()].iter().sum());
                let dense = 0.03 * (1.0 - 1.0 / (next - first_hit) as f64);
                let lead_in = (self.hits[first_hit].span.start - begin) as f64 / self.size.most as f64;
                let quality =
                    together + dense - 0.05 * lead_in - seams - unread - 0.03 * f64::from(sentences.max(3) - 3)
                        + self.shape(run, chars);
                let readable = prose >= 40.0 && unread < 0.2;
                out.push(Run { pieces: start..end + 1, terms: mask, quality, readable, out: false });
            }
            links[..self.terms.len()].fill(0.0);
        }
    }

    /// What the length, the two ends and the place of a run are worth.
    fn shape(&self, run: &[Piece], chars: f64) -> f64 {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return 0.0 };
        let wanted = self.size.wanted as f64;
        let full = 0.12 * (chars / (0.65 * wanted)).min(1.0) - 0.15 * (1.0 - chars / (0.35 * wanted)).max(0.0);
        let over = 0.25 * (chars / wanted - 1.0).max(0.0);
        let start = match first.before {
            Gap::Word => -0.18,
            Gap::Comma => -0.1,
            Gap::Clause => -0.06,
            Gap::Sentence => 0.0,
            Gap::Line | Gap::Blank => 0.02,
        };
        let end = match last.after {
            Gap::Word => -0.12,
            Gap::Comma => -0.05,
            Gap::Clause => -0.03,
            Gap::Sentence => 0.0,
            Gap::Line | Gap::Blank => 0.01,
        };
        // A number such as `2 §` over its paragraph tells a reader of statutes where he is.
        let numbered = first.kind == Kind::Heading && run.len() > 1 && self.body[first.span.clone()].contains('§');
        let early = 0.06 * (1.0 - first.span.start as f64 / self.body.len() as f64);
        full - over + start + end + early + if numbered { 0.05 } else { 0.0 }
    }
}

/// What it costs to show two neighbouring pieces as one.
fn seam(body: &str, upper: &Piece, lower: &Piece) -> f64 {
    let announced = body[upper.span.clone()].ends_with(':');
    let blank = lower.before == Gap::Blank;
    if lower.before < Gap::Line {
        return 0.0;
    }
    let section = if body[lower.span.clone()].starts_with('§') { 0.12 } else { 0.0 };
    section
        + match (upper.kind, lower.kind) {
            (Kind::Heading, Kind::Prose) => 0.0,
            (Kind::Heading, Kind::Item) => 0.02,
            (Kind::Heading, Kind::Heading) => {
                if blank {
                    0.12
                } else {
                    0.04
                }
            }
            (_, Kind::Heading) if announced => 0.05,
            // A heading belongs to what follows it.
            (_, Kind::Heading) => 1.0,
            (_, Kind::Item) if announced => 0.0,
            (Kind::Item, Kind::Item) => 0.02,
            (Kind::Prose, Kind::Prose) => {
                if blank {
                    0.1
                } else {
                    0.07
                }
            }
            (Kind::Prose, Kind::Item) | (Kind::Item, Kind::Prose) => {
                if blank {
                    0.12
                } else {
                    0.06
                }
            }
        }
}

/// How the text begins: its first sentences that are prose, or else whatever comes first.
fn lead(body: &str, size: Size) -> Option<Cut> {
    /// So many bytes are searched for prose.
    const SEARCHED: usize = 1 << 14;
    let begin = body.len() - body.trim_start().len();
    let end = body.ceil_char_boundary((begin + size.reach().max(SEARCHED)).min(body.len()));
    let pieces = sentence::pieces(body, begin..end, size.most);
    let enough = size.wanted.min(25);
    let prose = |piece: &Piece| piece.kind == Kind::Prose && piece.chars >= enough && piece.noise < 0.5;
    let first = pieces.iter().position(prose).unwrap_or(0);
    // Where its line begins, however short the first sentence.
    let first = (0..=first).rev().find(|&i| pieces.get(i).is_none_or(|piece| piece.before >= Gap::Line)).unwrap_or(0);
    let from = pieces.get(first)?;
    let mut last = first;
    for (i, piece) in pieces.iter().enumerate().skip(first + 1) {
        let chars = piece.offset + piece.chars - from.offset;
        let whole = pieces[last].after >= Gap::Sentence;
        let longest = if whole { size.wanted } else { size.most };
        // A paragraph of its own is worth showing; only a short one wants the next.
        let done = whole && pieces[last].span.end - from.span.start >= size.wanted / 2;
        let seam = seam(body, &pieces[last], piece);
        if chars > longest || seam > 0.1 || (done && piece.before >= Gap::Line) {
            break;
        }
        last = i;
    }
    Cut::of(body, &pieces[first..=last])
}

/// What to mark inside `span`: overlapping and touching matches as one. A word that nearly every text has is marked
/// only where it stands next to one that tells something, as in a phrase.
fn highlights(body: &str, hits: &[Hit], terms: &[Term], span: &Range<usize>) -> Vec<Range<usize>> {
    /// Below this share of the heaviest term's weight a term is such a word.
    const LIGHT: f64 = 0.1;
    let from = hits.partition_point(|hit| hit.span.start < span.start);
    let inside: Vec<&Hit> = hits[from..]
        .iter()
        .take_while(|hit| hit.span.start < span.end)
        .filter(|hit| hit.span.end <= span.end)
        .collect();
    let heaviest = terms.iter().map(|term| term.weight).fold(0.0, f64::max);
    let mut marked: Vec<bool> = inside.iter().map(|hit| hit.weight >= LIGHT * heaviest).collect();
    let touches = |a: &Hit, b: &Hit| {
        b.span.start <= a.span.end || matches!(&body.as_bytes()[a.span.end..b.span.start], [b' ' | b'-' | b'\n'])
    };
    for i in 1..inside.len() {
        marked[i] |= marked[i - 1] && touches(inside[i - 1], inside[i]);
    }
    for i in (1..inside.len()).rev() {
        marked[i - 1] |= marked[i] && touches(inside[i - 1], inside[i]);
    }
    let mut out: Vec<Range<usize>> = Vec::new();
    for (hit, _) in inside.into_iter().zip(marked).filter(|(_, marked)| *marked) {
        match out.last_mut() {
            Some(last) if hit.span.start <= last.end => last.end = last.end.max(hit.span.end),
            _ => out.push(hit.span.clone()),
        }
    }
    out
}

/// The distinct words of a text, sorted.
fn words(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Whether two passages say nearly the same in nearly the same words (both sorted).
fn alike(a: &[&str], b: &[&str]) -> bool {
    let common = a.iter().filter(|word| b.binary_search(word).is_ok()).count();
    10 * common >= 7 * a.len().min(b.len()).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A match wherever a word of the text begins with a word of the query, whatever the case.
    fn find(body: &str, query: &[(&str, f32)]) -> Vec<Match> {
        let mut out = Vec::new();
        let mut start = 0;
        for word in body.split_inclusive(|c: char| !c.is_alphanumeric()) {
            let text = word.trim_end_matches(|c: char| !c.is_alphanumeric());
            for (term, (prefix, weight)) in query.iter().enumerate() {
                if text.to_lowercase().starts_with(prefix) {
                    out.push(Match { span: start..start + text.len(), term, weight: *weight });
                }
            }
            start += word.len();
        }
        out
    }

    /// A passage as a reader sees it: `12: … text with *marks* …`.
    fn show(body: &str, passage: &Passage) -> String {
        let mut text = String::new();
        let mut at = passage.span.start;
        for mark in &passage.highlights {
            text += &format!("{}*{}*", &body[at..mark.start], &body[mark.clone()]);
            at = mark.end;
        }
        text += &body[at..passage.span.end];
        let (before, after) = (["", "… "][usize::from(passage.cut_start)], ["", " …"][usize::from(passage.cut_end)]);
        format!("{}: {before}{}{after}", passage.line, text.replace('\n', "/"))
    }

    fn check(query: &[(&str, f32)], body: &str, expect: &[&str]) {
        check_within(Limits { passages: 3, chars: 120 }, query, body, expect);
    }

    fn check_within(limits: Limits, query: &[(&str, f32)], body: &str, expect: &[&str]) {
        let found: Vec<String> =
            passages(body, &find(body, query), &limits).iter().map(|passage| show(body, passage)).collect();
        assert_eq!(found, expect, "{query:?} in {body:?}");
    }

    #[test]
    fn a_passage_is_whole_sentences() {
        check(
            &[("tilsyn", 3.0)],
            "Rådet mødtes i maj. Det nye tilsyn, jf. lovens § 4, stk. 2, ledes af f.eks. en dommer og to revisorer. \
             Næste møde er i juni, og da skal der vælges en ny formand til rådet, siger sekretæren, som ikke \
             genopstiller.",
            &["1: Rådet mødtes i maj. Det nye *tilsyn*, jf. lovens § 4, stk. 2, ledes af f.eks. en dommer og to \
                 revisorer."],
        );
        // A short one takes the next along.
        check(
            &[("hamnen", 3.0)],
            "Bron är klar. Hamnen byggs ut. Arbetet börjar i mars och väntas pågå i tre år till en kostnad av 40 mkr.",
            &["1: Bron är klar. *Hamnen* byggs ut. \
               Arbetet börjar i mars och väntas pågå i tre år till en kostnad av 40 mkr."],
        );
    }

    #[test]
    fn a_short_line_takes_the_next_along() {
        check_within(
            Limits::default(),
            &[("rammen", 3.0)],
            "Viser eller skjuler rammen om det valgte felt.\nLinjen kan have en farve, som vælges i listen nedenfor.",
            &["1: Viser eller skjuler *rammen* om det valgte felt./Linjen kan have en farve, som vælges i listen \
               nedenfor."],
        );
    }

    #[test]
    fn both_words_beat_one_word_often() {
        check_within(
            Limits { passages: 1, chars: 120 },
            &[("skole", 2.0), ("svømning", 2.0)],
            "En skole er en skole, og skoler findes i hver by, for skolen og skolebestyrelsen hører til overalt i \
             landet.\n\
             Alle har ret til svømning, og i svømningen er svømningens glæde det bedste ved svømning, siger en \
             svømmer.\n\
             Kommunen betaler, når en skole tilbyder undervisning i svømning for elever i fjerde klasse om foråret.",
            &["3: Kommunen betaler, når en *skole* tilbyder undervisning i *svømning* for elever i fjerde klasse om \
                 foråret."],
        );
    }

    #[test]
    fn a_common_word_does_not_decide() {
        check_within(
            Limits { passages: 1, chars: 120 },
            &[("og", 0.1), ("fjernvarme", 6.0)],
            "Vand og varme og el og gas og affald og veje og parker og skoler og meget andet hører til kommunens \
             opgaver.\n\n\
             Prisen på fjernvarme stiger til nytår, og det rammer især ældre huse, som er dyre at isolere bagefter.",
            &["3: Prisen på *fjernvarme* stiger til nytår, og det rammer især ældre huse, som er dyre at isolere \
                 bagefter."],
        );
    }

    #[test]
    fn words_side_by_side_beat_words_apart() {
        check_within(
            Limits { passages: 1, chars: 120 },
            &[("digital", 2.0), ("post", 2.0)],
            "Hvis en digital ansøgning går tabt, kan man stadig sende den med almindelig post eller aflevere den på \
             rådhuset.\n\n\
             Den, der er fritaget for digital post, får sine breve på papir og skal selv give besked, når det ændrer \
             sig.",
            &["3: Den, der er fritaget for *digital* *post*, får sine breve på papir og skal selv give besked, når \
                 det ændrer sig."],
        );
    }

    #[test]
    fn a_heading_stands_with_its_text_or_stands_back() {
        check(
            &[("elbiler", 3.0)],
            "Tilskud til elbiler\n\nRegionen giver et mindre tilskud til den, der skifter sin gamle bil ud inden \
             sommer.",
            &["1: Tilskud til *elbiler*//Regionen giver et mindre tilskud til den, der skifter sin gamle bil ud \
                 inden sommer."],
        );
        check_within(
            Limits { passages: 1, chars: 120 },
            &[("elbiler", 3.0)],
            "Elbiler\n\nFærger\n\nCykler\n\nTal fra i år viser, at hver tiende familie nu kører i elbiler, som de \
             lader op hjemme om natten.",
            &["7: Tal fra i år viser, at hver tiende familie nu kører i *elbiler*, som de lader op hjemme om natten."],
        );
        check_within(
            Limits { passages: 1, chars: 120 },
            &[("elbiler", 3.0)],
            "Priser på elbiler og opladning i alle kommunens parkeringshuse\n\nÅbningstider\n\n\
             Den, der kører i elbiler, betaler det halve for at holde i byen.",
            &["5: Den, der kører i *elbiler*, betaler det halve for at holde i byen."],
        );
        // Never the heading of what follows after the end of something else.
        check(
            &[("elbiler", 3.0)],
            "Færgen sejler ikke i påsken, for den skal males, og havnen er lukket.\n\nMere om elbiler",
            &["3: Mere om *elbiler*"],
        );
        // The number over a paragraph of a statute.
        check(
            &[("nämnden", 3.0)],
            "6 §\n\nBeslutet får överklagas.\n\n7 §\n\nNär ett ärende avgörs ska nämnden ange vilka skäl som har \
             bestämt utgången.",
            &["5: 7 §//När ett ärende avgörs ska *nämnden* ange vilka skäl som har bestämt utgången."],
        );
    }

    #[test]
    fn every_word_is_shown_somewhere_in_the_order_of_reading() {
        check(
            &[("vandløb", 3.0), ("gødning", 3.5)],
            "Marken må ikke få gødning mellem oktober og februar, uanset hvad der dyrkes på den det følgende år.\n\n\
             Pilen ved gærdet blev fældet for ti år siden, fordi den skyggede for huset og stuerne blev mørke af \
             det.\n\n\
             Langs åbne vandløb skal der ligge en stribe på to meter, som hverken pløjes eller sprøjtes i \
             vækstsæsonen.",
            &[
                "1: Marken må ikke få *gødning* mellem oktober og februar, uanset hvad der dyrkes på den det følgende \
                 år.",
                "5: Langs åbne *vandløb* skal der ligge en stribe på to meter, som hverken pløjes eller sprøjtes i \
                 vækstsæsonen.",
            ],
        );
    }

    #[test]
    fn what_is_new_comes_before_more_of_the_same() {
        check_within(
            Limits { passages: 2, chars: 120 },
            &[("havmøller", 3.0), ("kabler", 3.0), ("sæler", 2.0)],
            "Hele havbunden skal undersøges for miner, før havmøller og kabler kan anbringes ud for kysten til næste \
             år.\n\n\
             I maj ligger skibene stille, fordi sæler får unger på de øer, som ligger nærmest ved den kommende \
             havn.\n\n\
             Fiskerne har bedt om at få at vide, hvornår de igen kan sætte garn ud, men svaret lader vente på sig.\n\n\
             Ministeriet regner med, at havmøller og kabler koster det samme i år som året før, altså hen ved en \
             milliard.",
            &[
                "1: Hele havbunden skal undersøges for miner, før *havmøller* og *kabler* kan anbringes ud for kysten \
                 til næste år.",
                "3: I maj ligger skibene stille, fordi *sæler* får unger på de øer, som ligger nærmest ved den \
                 kommende havn.",
            ],
        );
    }

    #[test]
    fn the_same_text_is_shown_once() {
        let sentence = "Ansøgningen om bopladser skal være modtaget senest den 1. marts i det år, som den gælder for.";
        let other =
            "Vejret var godt, og mange havde taget børnene med ud for at se på dyrene og spise deres madpakker.\n\n";
        let body = format!("{sentence}\n\n{other}{sentence}\n\n{other}{sentence}");
        check(
            &[("bopladser", 3.0)],
            &body,
            &["1: Ansøgningen om *bopladser* skal være modtaget senest den 1. marts i det år, som den gælder for."],
        );
    }

    #[test]
    fn a_long_sentence_is_cut_between_clauses() {
        check(
            &[("kystsikring", 4.0)],
            "Ministeren kan efter forhandling med de berørte kommuner, og når en samlet vurdering taler for det, \
             fastsætte \
             regler om betaling for varige anlæg, herunder om kystsikring på privat grund, om fordelingen af udgiften \
             mellem \
             grundejerne, jf. § 9, stk. 3, nr. 2, samt om hvem der fører tilsyn med, at anlægget bliver holdt ved \
             lige.",
            &["1: … fastsætte regler om betaling for varige anlæg, herunder om *kystsikring* på privat grund …"],
        );
        check(
            &[("mikroplast", 4.0)],
            "Som affald efter denne lov regnes: 1) slam fra rensning af spildevand, når det ikke er afvandet; 2) \
             filtre, \
             der har været brugt til at fange mikroplast; 3) rester af maling og lak, som ikke er tørret ud; \
             4) aske fra anlæg, hvor der brændes halm; 5) jord, der er gravet op ved byggeri på en forurenet grund.",
            &["1: … 2) filtre, der har været brugt til at fange *mikroplast*; 3) rester af maling og lak, \
               som ikke er tørret ud …"],
        );
    }

    #[test]
    fn without_matches_the_lead_is_shown() {
        check(
            &[],
            "03. august 2021\n\nNy bro over sundet\n\nEfter ti års debat bliver broen bygget. Det besluttede rådet i \
             aftes.\n\n\
             Læs også",
            &["5: Efter ti års debat bliver broen bygget. Det besluttede rådet i aftes."],
        );
        check(&[], "Kort titel", &["1: Kort titel"]);
        check(&[], " \n\n ", &[]);
        check(&[("ukendt", 1.0)], "", &[]);
    }

    #[test]
    fn highlights_merge_and_spare_common_words() {
        let body = "Lov om miljøbeskyttelse og om planter.";
        let at = |text: &str| body.find(text).map_or(0..0, |start| start..start + text.len());
        let found = |spans: &[(&str, usize, f32)]| {
            let matches: Vec<Match> =
                spans.iter().map(|&(text, term, weight)| Match { span: at(text), term, weight }).collect();
            passages(body, &matches, &Limits::default()).iter().map(|passage| show(body, passage)).collect::<Vec<_>>()
        };
        // The compound and its parts.
        assert_eq!(
            found(&[("miljøbeskyttelse", 0, 5.0), ("miljø", 0, 3.0), ("beskyttelse", 1, 3.0)]),
            ["1: Lov om *miljøbeskyttelse* og om planter."]
        );
        // `om` within the phrase, `og` nowhere.
        assert_eq!(
            found(&[("Lov", 0, 2.0), ("om", 1, 0.01), ("miljøbeskyttelse", 2, 5.0), ("og", 3, 0.01)]),
            ["1: *Lov* *om* *miljøbeskyttelse* *og* om planter."]
        );
        assert_eq!(found(&[("om", 1, 0.01), ("planter", 2, 5.0)]), ["1: Lov om miljøbeskyttelse og om *planter*."]);
    }

    #[test]
    fn unfit_matches_are_passed_over() {
        let body = "Året er gået. Åen løber.";
        let unfit = [
            Match { span: 40..50, term: 0, weight: 1.0 },
            Match { span: 1..3, term: 0, weight: 1.0 },
            Match { span: 5..5, term: 0, weight: 1.0 },
            Match { span: Range { start: 9, end: 2 }, term: 0, weight: 1.0 },
            Match { span: usize::MAX - 1..usize::MAX, term: usize::MAX, weight: f32::NAN },
        ];
        let shown = passages(body, &unfit, &Limits::default());
        assert_eq!(
            shown.iter().map(|passage| show(body, passage)).collect::<Vec<_>>(),
            ["1: Året er gået. Åen løber."]
        );
        assert_eq!(passages(body, &unfit, &Limits { passages: 0, chars: 9 }), []);
        assert_eq!(passages(body, &unfit, &Limits { passages: 9, chars: 0 }), []);
    }

    #[test]
    fn a_statute_of_megabytes_is_no_burden() {
        let filler =
            "Kommunen fører tilsyn med anlægget, jf. § 4, stk. 2, og kan give påbud om at udbedre fejl og mangler. ";
        let mut body = filler.repeat(10_000);
        body.push_str(
            "\n\nPåbud om støjskærme gives af kommunen, når naboerne har klaget og en måling giver dem ret i klagen.",
        );
        check(
            &[("støjskærme", 9.0), ("kommunen", 0.5)],
            &body,
            &["3: Påbud om *støjskærme* gives af kommunen, når naboerne har klaget og en måling giver dem ret i \
                 klagen."],
        );
    }

    fn text() -> impl Strategy<Value = String> {
        let word = prop_oneof![
            4 => "[a-zæøåäö]{1,12}".prop_map(|word| word),
            1 => Just("f.eks.".to_owned()),
            1 => Just("§ 12. Stk. 2.".to_owned()),
            1 => Just("2) ".to_owned()),
            1 => "[A-ZÆØÅ][a-zé]{0,9}[.!?;:,]?".prop_map(|word| word),
            1 => Just("\n".to_owned()),
            1 => Just("\n\n- ".to_owned()),
            1 => "\\PC{0,6}".prop_map(|word| word),
            1 => "x{1,300}".prop_map(|word| word),
        ];
        let part = (word, prop_oneof![9 => Just(" "), 1 => Just(""), 1 => Just("\t"), 1 => Just("\u{a0}")]);
        proptest::collection::vec(part, 0..120)
            .prop_map(|parts| parts.into_iter().map(|(word, gap)| word + gap).collect())
    }

    proptest! {
        #[test]
        fn whatever_comes_in_passages_keep_their_promises(
            body in text(),
            places in proptest::collection::vec((0.0..1.0, 0_usize..20, 0_usize..70, -1.0_f32..9.0), 0..60),
            limits in (0_usize..5, 0_usize..400).prop_map(|(passages, chars)| Limits { passages, chars }),
        ) {
            let bounds: Vec<usize> = body.char_indices().map(|(i, _)| i).chain([body.len()]).collect();
            let matches: Vec<Match> = places
                .into_iter()
                .map(|(at, length, term, weight)| {
                    let from = (at * bounds.len() as f64) as usize;
                    Match { span: bounds[from]..bounds[(from + length).min(bounds.len() - 1)], term, weight }
                })
                .collect();
            let shown = passages(&body, &matches, &limits);
            prop_assert!(shown.len() <= limits.passages);
            prop_assert_eq!(&shown, &passages(&body, &matches, &limits));
            let mut last = 0;
            for passage in &shown {
                prop_assert!(last <= passage.span.start && passage.span.start < passage.span.end);
                last = passage.span.end;
                let text = body.get(passage.span.clone());
                prop_assert!(text.is_some_and(|text| text.trim().len() == text.len()));
                prop_assert!(text.is_some_and(|text| text.chars().count() <= limits.chars + limits.chars / 5));
                prop_assert_eq!(passage.line, 1 + body[..passage.span.start].matches('\n').count());
                let mut marked = passage.span.start;
                for (i, mark) in passage.highlights.iter().enumerate() {
                    prop_assert!(marked + usize::from(i > 0) <= mark.start);
                    prop_assert!(mark.start < mark.end && body.get(mark.clone()).is_some());
                    marked = mark.end;
                }
                prop_assert!(marked <= passage.span.end);
            }
        }
    }
}
