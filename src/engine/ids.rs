//! The table of ids: from the slot number that a document's column holds to the document's id, without a dictionary.
//!
//! Reading a hundred ids from a string column costs tantivy a millisecond, because its dictionary is compressed in
//! blocks. Here it is two reads in a mapped file: `offsets[slot]..offsets[slot + 1]` of one string of all ids. Slots
//! are given once and never again, so the table only grows; a slot whose document is gone has an empty id.

use std::path::Path;

use tantivy::Directory;
use tantivy::directory::MmapDirectory;
use tantivy::directory::OwnedBytes;

use crate::engine::EngineError;

const MAGIC: &[u8; 8] = b"snotraid";

/// The mapped table.
pub(super) struct IdTable {
    map: OwnedBytes,
    slots: usize,
}

impl IdTable {
    pub(super) fn open(dir: &Path, name: &str) -> Result<Self, EngineError> {
        let path = &dir.join(name);
        let map = MmapDirectory::open(dir)?.open_read(Path::new(name))?.read_bytes();
        let map = map.map_err(|error| EngineError::io(path, error))?;
        let damaged = || EngineError::damaged(path, "its header is not that of a table of ids");
        let header: &[u8; 16] = map.as_slice().first_chunk().ok_or_else(damaged)?;
        if &header[..8] != MAGIC {
            return Err(damaged());
        }
        let slots = u64::from_le_bytes(header[8..].try_into().expect("eight bytes of sixteen")) as usize;
        let table = Self { map, slots };
        let fits = slots.checked_mul(8).is_some_and(|bytes| bytes + 24 <= table.map.len());
        if !fits || table.start() + table.offset(slots) != table.map.len() {
            return Err(damaged());
        }
        Ok(table)
    }

    /// The id in `slot`; empty where the table has none.
    pub(super) fn get(&self, slot: u64) -> &str {
        let slot = slot as usize;
        if slot >= self.slots {
            return "";
        }
        let range = self.start() + self.offset(slot)..self.start() + self.offset(slot + 1);
        self.map.as_slice().get(range).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    fn start(&self) -> usize {
        16 + 8 * (self.slots + 1)
    }

    fn offset(&self, slot: usize) -> usize {
        let at = 16 + 8 * slot;
        u64::from_le_bytes(self.map[at..at + 8].try_into().expect("eight bytes")) as usize
    }
}

/// The bytes of a table whose slot `i` holds `ids[i]`.
pub(super) fn encode<'a>(ids: impl ExactSizeIterator<Item = &'a str> + Clone) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(24 + ids.len() * 32);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&(ids.len() as u64).to_le_bytes());
    let mut offset = 0u64;
    for id in ids.clone() {
        bytes.extend_from_slice(&offset.to_le_bytes());
        offset += id.len() as u64;
    }
    bytes.extend_from_slice(&offset.to_le_bytes());
    for id in ids {
        bytes.extend_from_slice(id.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("ids");
        std::fs::write(&path, encode(["a/b", "", "ø"].into_iter())).expect("written");
        let table = IdTable::open(dir.path(), "ids").expect("opened");
        assert_eq!([table.get(0), table.get(1), table.get(2), table.get(3)], ["a/b", "", "ø", ""]);
        std::fs::write(&path, b"snotraid").expect("written");
        assert!(IdTable::open(dir.path(), "ids").is_err());
    }
}
