//! Plain text: an article as it was copied off the web, whose parts only its shape tells apart.

use super::Article;
use super::Fault;
use super::Format;
use super::Records;
use super::clean::clean;

pub(super) const FORMAT: Format =
    Format { name: "text", extensions: &["txt", "text"], records: Records::Whole, charset: None, parse };

fn parse(text: &str) -> Result<Article, Fault> {
    Ok(Article { body: clean(text).into_owned(), ..Article::default() }.shaped())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::date;

    #[test]
    fn head_lines_become_metadata_and_the_raw_text_stays() {
        let text = "Havnen får landstrøm\r\n\r\n3. maj 2022\r\n\r\n\
                    Skibene slukker moto\u{AD}rerne ved kaj. Det sparer olie.\r\n";
        let article = parse(text).unwrap();
        assert_eq!(article.title, "Havnen får landstrøm");
        assert_eq!(article.date, date::parse("2022-05-03"));
        assert_eq!(article.body, "Skibene slukker motorerne ved kaj. Det sparer olie.");
        assert_eq!(article.raw.as_deref().map(|raw| raw.lines().count()), Some(5));
    }

    #[test]
    fn text_of_which_nothing_is_cut_has_no_raw_form() {
        let article = parse("Skibene slukker motorerne ved kaj. Det sparer olie, siger havnefogeden i dag.\n").unwrap();
        assert_eq!((article.title.as_str(), article.raw, article.cut_lines), ("", None, 0));
    }
}
