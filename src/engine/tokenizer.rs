//! Our analyzers in tantivy's clothes.

use std::rc::Rc;

use tantivy::tokenizer::Token;
use tantivy::tokenizer::TokenStream;
use tantivy::tokenizer::Tokenizer;
use tantivy::tokenizer::TokenizerManager;

use crate::engine::schema::FOLDED;
use crate::engine::schema::tokenizer_name;
use crate::lang::LANGUAGES;
use crate::lang::Language;
use crate::text::Analyzer;
use crate::text::Scanner;
use crate::text::Term;

/// A manager that knows every registered language's tokenizer.
pub(super) fn manager() -> TokenizerManager {
    let manager = TokenizerManager::default();
    for &language in LANGUAGES {
        manager.register(&tokenizer_name(language), LanguageTokenizer { language });
    }
    manager
}

#[derive(Clone)]
struct LanguageTokenizer {
    language: &'static Language,
}

impl Tokenizer for LanguageTokenizer {
    type TokenStream<'a> = LanguageTokenStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> LanguageTokenStream<'a> {
        LanguageTokenStream {
            analyzer: self.language.analyzer(),
            scanner: Scanner::new(text),
            token: Token::default(),
            folded: None,
        }
    }
}

struct LanguageTokenStream<'a> {
    analyzer: Rc<Analyzer>,
    scanner: Scanner<'a>,
    token: Token,
    /// The word whose folded key comes next, on the same position.
    folded: Option<Rc<Term>>,
}

impl TokenStream for LanguageTokenStream<'_> {
    fn advance(&mut self) -> bool {
        self.token.text.clear();
        if let Some(key) = self.folded.take().as_deref().and_then(|term| term.folded.as_deref()) {
            self.token.text.push(FOLDED);
            self.token.text.push_str(key);
            return true;
        }
        let Some(token) = self.scanner.next() else { return false };
        let term = self.analyzer.term(&token);
        self.token.text.push_str(&term.text);
        self.token.position = token.position as usize;
        (self.token.offset_from, self.token.offset_to) = (token.span.start, token.span.end);
        self.folded = term.folded.is_some().then_some(term);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
