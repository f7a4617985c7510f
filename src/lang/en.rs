//! English: much of what agencies publish is in it.

use crate::lang::Language;
use crate::text::Snowball;
use crate::text::Step;

pub(super) static ENGLISH: Language = Language {
    code: "en",
    iso639_3: "eng",
    name: "English",
    version: 1,
    steps: &[Step::Lowercase, Step::Stem(Snowball::English), Step::Fold],
    common_words: &[
        "a", "all", "also", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can", "could", "do",
        "for", "from", "had", "has", "have", "he", "her", "his", "how", "if", "in", "into", "is", "it", "its", "may",
        "more", "most", "must", "no", "not", "of", "on", "one", "only", "or", "other", "our", "she", "should", "so",
        "some", "such", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "to",
        "under", "up", "was", "we", "were", "what", "when", "where", "which", "who", "will", "with", "would", "you",
    ],
    samples: [
        "The municipalities will process the applications of their citizens faster, and the rules become simpler.",
        "The government wants to strengthen the advice that is given to small businesses without their own staff.",
        "Under section 12 of the act, the agency may decide that the authorities have to use digital post.",
    ],
};
