//! Plain text laid out from mark-up: what separates two pieces of text is decided when the second one comes.
//!
//! Elements only ask for a gap (a space, a new cell, a new line, a blank line) and the widest one asked for wins, so
//! that nested and empty elements leave no holes. Markdown and HTML share it and so give the same text for the same
//! article.

/// Text under construction.
#[derive(Debug, Default)]
pub(super) struct Layout {
    text: String,
    gap: Gap,
    /// An item's marker has been written and its text not yet: no gap comes between them.
    after_marker: bool,
    /// The next number of each open list; `None` for one with bullets.
    lists: Vec<Option<u64>>,
}

/// A place in a layout to return to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    length: usize,
    gap: Gap,
    after_marker: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Cell,
    Line,
    Block,
}

impl Layout {
    /// A blank line before what follows; inside a list, where items stay close together, a new line.
    pub(super) fn block(&mut self) {
        self.widen(if self.lists.is_empty() { Gap::Block } else { Gap::Line });
    }

    /// A new line before what follows.
    pub(super) fn line(&mut self) {
        self.widen(Gap::Line);
    }

    /// A new table cell, unless a new row begins anyway.
    pub(super) fn cell(&mut self) {
        self.widen(Gap::Cell);
    }

    /// A list begins: numbered from `first`, or with bullets.
    pub(super) fn open_list(&mut self, first: Option<u64>) {
        self.block();
        self.lists.push(first);
    }

    /// The innermost list ends.
    pub(super) fn close_list(&mut self) {
        self.lists.pop();
        self.after_marker = false;
        self.block();
    }

    /// An item of the innermost list begins.
    pub(super) fn item(&mut self) {
        self.line();
        self.after_marker = false;
        match self.lists.last_mut() {
            Some(Some(number)) => {
                let marker = format!("{number}. ");
                *number = number.saturating_add(1);
                self.verbatim(&marker);
            }
            _ => self.verbatim("- "),
        }
        self.after_marker = true;
    }

    /// Running text: every run of white space is one space.
    pub(super) fn flow(&mut self, text: &str) {
        let mut words = text.split(char::is_whitespace).peekable();
        while let Some(word) = words.next() {
            if !word.is_empty() {
                self.verbatim(word);
            }
            if words.peek().is_some() {
                self.widen(Gap::Space);
            }
        }
    }

    /// Text whose white space stays as it is.
    pub(super) fn verbatim(&mut self, text: &str) {
        if !self.text.is_empty() && !self.after_marker {
            self.text.push_str(match self.gap {
                Gap::None => "",
                Gap::Space => " ",
                Gap::Cell => " | ",
                Gap::Line => "\n",
                Gap::Block => "\n\n",
            });
        }
        (self.gap, self.after_marker) = (Gap::None, false);
        self.text.push_str(text);
    }

    /// This place.
    pub(super) fn mark(&self) -> Mark {
        Mark { length: self.text.len(), gap: self.gap, after_marker: self.after_marker }
    }

    /// What has been written since `mark`.
    pub(super) fn since(&self, mark: Mark) -> &str {
        self.text[mark.length..].trim()
    }

    /// Takes back everything since `mark`, the gaps asked for included.
    pub(super) fn back_to(&mut self, mark: Mark) {
        self.text.truncate(mark.length);
        (self.gap, self.after_marker) = (mark.gap, mark.after_marker);
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        self.text
    }

    fn widen(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_gap_wins_and_none_stands_at_the_start() {
        let mut layout = Layout::default();
        layout.block();
        layout.flow("  Et \n to");
        layout.line();
        layout.block();
        layout.line();
        layout.flow(" tre");
        layout.flow("fire ");
        layout.block();
        assert_eq!(layout.finish(), "Et to\n\ntrefire");
    }

    #[test]
    fn items_are_close_and_their_marker_stands_by_the_text() {
        let mut layout = Layout::default();
        layout.open_list(Some(9));
        layout.item();
        layout.block();
        layout.flow("ni");
        layout.open_list(None);
        layout.item();
        layout.flow("under");
        layout.close_list();
        layout.item();
        layout.flow("ti");
        layout.close_list();
        layout.flow("efter");
        assert_eq!(layout.finish(), "9. ni\n- under\n10. ti\n\nefter");
    }

    #[test]
    fn a_mark_takes_back_text_and_gaps() {
        let mut layout = Layout::default();
        layout.flow("før");
        let mark = layout.mark();
        layout.block();
        layout.flow("væk");
        assert_eq!(layout.since(mark), "væk");
        layout.back_to(mark);
        layout.cell();
        layout.flow("efter");
        assert_eq!(layout.finish(), "før | efter");
    }
}
