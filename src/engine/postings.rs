//! What a clause finds: postings of one term as they stand in the index, or a list made from several.
//!
//! A single term is read block by block while it is scored. Phrases, prefixes and fuzzy words are first turned into
//! lists of (document, frequency), so that the scorer knows one shape only, and their document frequency is that of the
//! whole pattern.

use std::ops::ControlFlow;

use tantivy::DocSet;
use tantivy::TERMINATED;
use tantivy::postings::BlockSegmentPostings;
use tantivy::postings::Postings;
use tantivy::postings::TermInfo;
use tantivy::schema::Field;
use tantivy::schema::IndexRecordOption;

use crate::engine::schema::LanguageFields;
use crate::engine::segment::Segment;
use crate::engine::segment::term;
use crate::engine::terms;
use crate::engine::terms::Space;
use crate::engine::terms::Zone;
use crate::query::Pattern;
use crate::text::Near;

/// What a pattern finds in one field of one segment.
pub(super) enum Found {
    /// One term's postings, still on disk.
    Term(TermInfo),
    /// The same of a marked term, whose frequencies are levels.
    Marked(TermInfo),
    /// The postings of two marked terms, still on disk; a document may be in both.
    Two([TermInfo; 2]),
    /// Documents in ascending order, live ones only, with frequencies.
    List(Vec<(u32, u32)>),
}

/// Where `pattern` is looked up for `zone`; `None` where nothing is noted of it there.
pub(super) fn field(fields: LanguageFields, zone: Zone, pattern: &Pattern) -> Option<Field> {
    let ranked = match pattern {
        Pattern::Word(_) => true,
        Pattern::Key(_) | Pattern::Beginning(_) | Pattern::Folded { .. } => zone != Zone::Lead,
        Pattern::Term(_) | Pattern::Phrase(_) | Pattern::Prefix { .. } | Pattern::Fuzzy { .. } => false,
    };
    match zone {
        _ if ranked => Some(fields.ranked),
        Zone::Body => Some(fields.body),
        Zone::Title => Some(fields.title),
        Zone::Lead => None,
    }
}

/// Looks `pattern` up in its [`field`]; `None` where the segment does not have it.
pub(super) fn find(segment: &Segment, field: Field, zone: Zone, pattern: &Pattern) -> tantivy::Result<Option<Found>> {
    let index = segment.reader.inverted_index(field)?;
    let info = |text: &str| index.get_term_info(&term(field, text));
    let list = |list: Vec<(u32, u32)>| (!list.is_empty()).then_some(Found::List(list));
    let marked = |space: Space, text: &str| Ok(info(&space.term(zone, text))?.map(Found::Marked));
    match pattern {
        Pattern::Term(text) => Ok(info(text)?.map(Found::Term)),
        Pattern::Word(text) => marked(Space::Word, text),
        Pattern::Key(key) => marked(Space::Key, key),
        Pattern::Beginning(letters) => marked(Space::Beginning, letters),
        Pattern::Folded { key, also_plain } => {
            // The folded key finds words that have letters to fold, the key as such those that are written without.
            let folded = info(&Space::Folded.term(zone, key))?;
            let plain = if *also_plain { info(&Space::Word.term(zone, key))? } else { None };
            match (plain, folded) {
                (Some(plain), Some(folded)) => Ok(Some(Found::Two([plain, folded]))),
                (one, other) => Ok(one.or(other).map(Found::Marked)),
            }
        }
        Pattern::Phrase(terms) => Ok(list(phrase(segment, field, terms)?)),
        Pattern::Prefix { prefix, stem } => {
            let mut infos = Vec::new();
            let mut stream = index.terms().range().ge(prefix).into_stream()?;
            while stream.advance() && stream.key().starts_with(prefix.as_bytes()) {
                infos.push(stream.value().clone());
            }
            if !stem.starts_with(prefix.as_str()) {
                infos.extend(info(stem)?);
            }
            Ok(list(union(segment, field, infos.into_iter().map(Found::Term))?))
        }
        Pattern::Fuzzy { word, stem, distance } => {
            let near = Near::new(word, stem, *distance);
            let mut infos = Vec::new();
            // The first letter is taken to be right: it is in nearly all misspellings, and this spares most of the terms.
            let first: String = word.chars().take(1).collect();
            let mut stream = index.terms().range().ge(&first).into_stream()?;
            while stream.advance() && stream.key().starts_with(first.as_bytes()) {
                if near.accepts(stream.key()) {
                    infos.push(stream.value().clone());
                }
            }
            Ok(list(union(segment, field, infos.into_iter().map(Found::Term))?))
        }
    }
}

impl Found {
    /// How many live documents there are; of two terms, the sum of theirs, since counts must add up over segments
    /// without being looked into.
    pub(super) fn doc_freq(&self, segment: &Segment, field: Field) -> tantivy::Result<u64> {
        match (self, segment.alive()) {
            (Self::List(list), _) => Ok(list.len() as u64),
            (Self::Term(info) | Self::Marked(info), None) => Ok(u64::from(info.doc_freq)),
            (Self::Two([a, b]), None) => Ok(u64::from(a.doc_freq) + u64::from(b.doc_freq)),
            (Self::Two([a, b]), Some(_)) => {
                let live = |info: &TermInfo| Self::Term(info.clone()).doc_freq(segment, field);
                Ok(live(a)? + live(b)?)
            }
            (Self::Term(_) | Self::Marked(_), Some(alive)) => {
                let mut live = 0;
                self.each(segment, field, |doc, _| live += u64::from(alive.is_alive(doc)))?;
                Ok(live)
            }
        }
    }

    /// How many postings there are, deleted documents included.
    pub(super) fn postings(&self) -> u64 {
        match self {
            Self::Term(info) | Self::Marked(info) => u64::from(info.doc_freq),
            Self::Two(infos) => infos.iter().map(|info| u64::from(info.doc_freq)).sum(),
            Self::List(list) => list.len() as u64,
        }
    }

    /// Calls `each` with every document and its frequency, in order; deleted documents may be among them.
    pub(super) fn each(&self, segment: &Segment, field: Field, mut each: impl FnMut(u32, u32)) -> tantivy::Result<()> {
        let mut cursor = self.cursor(segment, field)?;
        let marked = cursor.is_marked();
        while let Some((docs, notes)) = cursor.next_before(TERMINATED) {
            docs.iter().zip(notes).for_each(|(&doc, &note)| each(doc, frequency(note, marked)));
        }
        Ok(())
    }

    /// The postings from the first on.
    pub(super) fn cursor(&self, segment: &Segment, field: Field) -> tantivy::Result<Cursor> {
        let blocks =
            |info, marked| Ok(Cursor::Blocks { blocks: Box::new(blocks(info, segment, field)?), read: 0, marked });
        match self {
            Self::List(list) => Ok(Cursor::of_list(list.iter().copied())),
            Self::Two(infos) => Ok(Cursor::of_list(union(segment, field, infos.iter().cloned().map(Found::Marked))?)),
            Self::Term(info) => blocks(info, false),
            Self::Marked(info) => blocks(info, true),
        }
    }

    /// Calls `each` with the index of every one of `docs` (ascending) that is there, and its frequency.
    pub(super) fn each_among(
        &self,
        segment: &Segment,
        field: Field,
        docs: &[u32],
        mut each: impl FnMut(usize, u32),
    ) -> tantivy::Result<()> {
        match self {
            Self::List(list) => {
                let mut list = list.as_slice();
                for (index, &doc) in docs.iter().enumerate() {
                    list = &list[list.partition_point(|&(other, _)| other < doc)..];
                    match list.first() {
                        Some(&(found, tf)) if found == doc => each(index, tf),
                        Some(_) => {}
                        None => break,
                    }
                }
            }
            Self::Two(infos) => {
                let mut frequencies = vec![0; docs.len()];
                for info in infos {
                    term_among(info, segment, field, docs, |index, tf| frequencies[index] += terms::count(tf))?;
                }
                let found = frequencies.into_iter().enumerate().filter(|&(_, tf)| tf > 0);
                found.for_each(|(index, tf)| each(index, tf));
            }
            Self::Term(info) => term_among(info, segment, field, docs, each)?,
            Self::Marked(info) => {
                term_among(info, segment, field, docs, |index, level| each(index, terms::count(level)))?;
            }
        }
        Ok(())
    }

    /// Whether `frequency` was counted, and is not what a level stands for.
    pub(super) fn is_exact(&self, frequency: u32) -> bool {
        matches!(self, Self::Term(_) | Self::List(_)) || terms::is_exact(frequency)
    }

    /// The frequency in one document; 0 where it is not there.
    pub(super) fn frequency(&self, segment: &Segment, field: Field, doc: u32) -> tantivy::Result<u32> {
        let mut frequency = 0;
        self.each_among(segment, field, &[doc], |_, tf| frequency = tf)?;
        Ok(frequency)
    }
}

/// Postings that are read step by step.
pub(super) enum Cursor {
    /// Those of a term: the present block, and how many of it were read.
    Blocks { blocks: Box<BlockSegmentPostings>, read: usize, marked: bool },
    /// Those of a list, and how many of it were read.
    List { docs: Vec<u32>, frequencies: Vec<u32>, read: usize },
}

impl Cursor {
    fn of_list(list: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let (docs, frequencies) = list.into_iter().unzip();
        Self::List { docs, frequencies, read: 0 }
    }

    /// Some of the further documents before `end`, in order, and what is noted of each; `None` where there are no more.
    /// Deleted documents may be among them.
    pub(super) fn next_before(&mut self, end: u32) -> Option<(&[u32], &[u32])> {
        let (docs, notes, read) = match self {
            Self::Blocks { blocks, read, .. } => {
                if *read == blocks.docs().len() && *read > 0 {
                    blocks.advance();
                    *read = 0;
                }
                (blocks.docs(), blocks.freqs(), read)
            }
            Self::List { docs, frequencies, read } => (docs.as_slice(), frequencies.as_slice(), read),
        };
        let rest = &docs[*read..];
        let count = if *docs.last()? < end { rest.len() } else { rest.partition_point(|&doc| doc < end) };
        let here = *read..*read + count;
        *read = here.end;
        (count > 0).then(|| (&docs[here.clone()], &notes[here]))
    }

    /// Whether what is noted of documents are levels, and not frequencies.
    pub(super) fn is_marked(&self) -> bool {
        matches!(self, Self::Blocks { marked: true, .. })
    }
}

/// The frequency for which a note stands.
pub(super) fn frequency(note: u32, marked: bool) -> u32 {
    if marked { terms::count(note) } else { note }
}

fn blocks(info: &TermInfo, segment: &Segment, field: Field) -> tantivy::Result<BlockSegmentPostings> {
    let index = segment.reader.inverted_index(field)?;
    Ok(index.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?)
}

fn term_among(
    info: &TermInfo,
    segment: &Segment,
    field: Field,
    docs: &[u32],
    mut each: impl FnMut(usize, u32),
) -> tantivy::Result<()> {
    let mut blocks = blocks(info, segment, field)?;
    for (index, &doc) in docs.iter().enumerate() {
        let at = blocks.seek(doc);
        match blocks.doc(at) {
            TERMINATED => break,
            found if found == doc => each(index, blocks.freq(at)),
            _ => {}
        }
    }
    Ok(())
}

/// The documents of several terms, with their frequencies added up.
fn union(segment: &Segment, field: Field, found: impl IntoIterator<Item = Found>) -> tantivy::Result<Vec<(u32, u32)>> {
    let mut all: Vec<(u32, u32)> = Vec::new();
    for found in found {
        let first = all.len();
        found.each(segment, field, |doc, tf| all.push((doc, tf)))?;
        debug_assert!(all[first..].is_sorted());
    }
    // The sort is stable, which here means that it merges the runs it finds.
    all.sort_by_key(|&(doc, _)| doc);
    all.dedup_by(|(doc, tf), (kept, sum)| {
        let same = doc == kept;
        *sum += if same { *tf } else { 0 };
        same
    });
    if segment.alive().is_some() {
        all.retain(|&(doc, _)| segment.is_alive(doc));
    }
    Ok(all)
}

/// The documents that hold all `terms` at their distances from each other, with how often they do.
fn phrase(segment: &Segment, field: Field, terms: &[(u32, String)]) -> tantivy::Result<Vec<(u32, u32)>> {
    let index = segment.reader.inverted_index(field)?;
    let mut postings = Vec::with_capacity(terms.len());
    let base = terms.first().map_or(0, |&(position, _)| position);
    for (position, text) in terms {
        let Some(info) = index.get_term_info(&term(field, text))? else { return Ok(Vec::new()) };
        let option = IndexRecordOption::WithFreqsAndPositions;
        postings.push((position - base, index.read_postings_from_terminfo(&info, option)?));
    }
    // The rarest term leads.
    postings.sort_by_key(|(offset, postings)| (postings.doc_freq(), *offset));
    let (lead_offset, mut lead) = postings.remove(0);
    let mut found = Vec::new();
    let (mut starts, mut positions) = (Vec::new(), Vec::new());
    let mut doc = lead.doc();
    while doc != TERMINATED {
        let outcome = postings.iter_mut().try_for_each(|(_, other)| {
            let at = if other.doc() < doc { other.seek(doc) } else { other.doc() };
            if at == doc { ControlFlow::Continue(()) } else { ControlFlow::Break(at) }
        });
        match outcome {
            ControlFlow::Break(TERMINATED) => break,
            ControlFlow::Break(later) => {
                doc = if later > doc { lead.seek(later) } else { lead.advance() };
                continue;
            }
            ControlFlow::Continue(()) => {}
        }
        if segment.is_alive(doc) {
            lead.positions(&mut positions);
            starts.clear();
            starts.extend(positions.iter().filter_map(|position| position.checked_sub(lead_offset)));
            for (offset, other) in &mut postings {
                other.positions(&mut positions);
                starts.retain(|start| positions.binary_search(&(start + *offset)).is_ok());
            }
            if !starts.is_empty() {
                found.push((doc, starts.len() as u32));
            }
        }
        doc = lead.advance();
    }
    Ok(found)
}
