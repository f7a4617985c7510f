//! Documents on their way to the threads that make postings, no more bytes of them at once than is of use.
//!
//! tantivy lets 10,000 documents wait, however long they are. Parsing is much faster than making postings, so of statutes
//! the waiting ones would be as large as all postings in memory.

use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use tantivy::Document;
use tantivy::TantivyDocument;

/// Bytes of text that may wait: some batches of parsed records.
const MOST_WAITING: usize = 16 << 20;

/// So long is waited at most before one more is let in. A thread that died takes nothing any more; tantivy says so when
/// it is handed the next document, and not before.
const PATIENCE: Duration = Duration::from_secs(1);

/// Counts what is on its way.
#[derive(Default)]
pub(super) struct Queue(Arc<Waiting>);

#[derive(Default)]
struct Waiting {
    bytes: Mutex<usize>,
    fewer: Condvar,
}

/// A document that takes room in the queue until it is dropped.
pub(super) struct Queued {
    document: TantivyDocument,
    bytes: usize,
    waiting: Arc<Waiting>,
}

impl Queue {
    /// Waits until there is room for `document`, which has so many bytes of text, or until patience ends. One that is longer
    /// than all that may wait goes alone.
    pub(super) fn enter(&self, document: TantivyDocument, bytes: usize) -> Queued {
        let waited = self.0.fewer.wait_timeout_while(self.0.lock(), PATIENCE, |waiting| !has_room(*waiting, bytes));
        let (mut waiting, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *waiting += bytes;
        Queued { document, bytes, waiting: Arc::clone(&self.0) }
    }
}

/// Whether so many bytes may go in beside those that are waiting.
fn has_room(waiting: usize, bytes: usize) -> bool {
    waiting == 0 || waiting + bytes <= MOST_WAITING
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, usize> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Queued {
    fn drop(&mut self) {
        *self.waiting.lock() -= self.bytes;
        self.waiting.fewer.notify_one();
    }
}

impl Document for Queued {
    type Value<'a> = <TantivyDocument as Document>::Value<'a>;
    type FieldsValuesIter<'a> = <TantivyDocument as Document>::FieldsValuesIter<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.document.iter_fields_and_values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_makes_room() {
        let queue = Queue::default();
        let enter = |bytes| queue.enter(TantivyDocument::new(), bytes);
        let (half, other) = (enter(MOST_WAITING / 2), enter(MOST_WAITING / 2));
        std::thread::scope(|scope| {
            scope.spawn(|| drop(half));
            enter(MOST_WAITING / 2);
        });
        drop(other);
        assert_eq!(*queue.0.lock(), 0);
    }

    #[test]
    fn what_is_too_long_goes_alone() {
        assert!(has_room(0, 2 * MOST_WAITING));
        assert!(has_room(MOST_WAITING / 2, MOST_WAITING / 2));
        assert!(!has_room(1, MOST_WAITING) && !has_room(2 * MOST_WAITING, 1));
    }
}
