//! Dates as Danes, Swedes and Norwegians write them, in words (`den 3. august 2021`) and in figures (`3/8-2021`).
//!
//! The day always comes before the month in figures, for that is the Nordic order; only a year in front (`2021-08-03`)
//! turns it round. A general date library was rejected: those that guess prefer the American order, those that do not
//! need one format string for each of the spellings below, and none knows *tirsdag den*. Weekdays are read and not
//! checked, because a wrong weekday is a slip of the pen and the date still stands.

use std::ops::Range;

use time::Month;

use crate::doc::Date;

/// Reads `text` as one date: the whole trimmed string, with a weekday before it and a time of day after it at most.
///
/// Years of two figures are 1950 to 2049; years before 1500 or after 2100, and days that no month has, give `None`.
pub fn parse(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return calendar(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?);
    }
    let (date, end) = prefix(text)?;
    (end == text.len()).then_some(date)
}

/// The first date in `line` and the bytes that it takes, weekday and time of day included.
pub(super) fn find(line: &str) -> Option<(Date, Range<usize>)> {
    let mut before = None;
    for (start, c) in line.char_indices() {
        let joined = before.is_some_and(|b: char| {
            b.is_alphanumeric() || (c.is_ascii_digit() && matches!(b, '.' | '-' | '/' | ':' | ',' | '§'))
        });
        if !joined
            && c.is_alphanumeric()
            && let Some((date, end)) = prefix(&line[start..])
        {
            return Some((date, start..start + end));
        }
        before = Some(c);
    }
    None
}

const MONTHS: [&[&str]; 12] = [
    &["januar", "januari", "january", "jan"],
    &["februar", "februari", "february", "feb", "febr"],
    &["marts", "mars", "march", "mar"],
    &["april", "apr"],
    &["maj", "mai", "may"],
    &["juni", "june", "jun"],
    &["juli", "july", "jul"],
    &["august", "augusti", "aug"],
    &["september", "sept", "sep"],
    &["oktober", "october", "okt", "oct"],
    &["november", "nov"],
    &["december", "desember", "dec", "des"],
];

const WEEKDAYS: [&[&str]; 7] = [
    &["mandag", "måndag", "monday", "man", "mån", "mon"],
    &["tirsdag", "tisdag", "tysdag", "tuesday", "tir", "tirs", "tis", "tys", "tue"],
    &["onsdag", "wednesday", "ons", "wed"],
    &["torsdag", "thursday", "tor", "tors", "thu"],
    &["fredag", "friday", "fre", "fri"],
    &["lørdag", "lördag", "laurdag", "saturday", "lør", "lör", "lau", "sat"],
    &["søndag", "söndag", "sundag", "sunday", "søn", "sön", "sun"],
];

/// A date at the very start of `text`, and where it ends.
fn prefix(text: &str) -> Option<(Date, usize)> {
    let mut reader = Reader { text, at: 0 };
    reader.attempt(Reader::weekday);
    reader.attempt(Reader::article);
    let forms = [Reader::year_first, Reader::figures, Reader::day_first, Reader::month_first];
    let date = forms.into_iter().find_map(|form| reader.attempt(form))?;
    if reader.runs_on() {
        return None;
    }
    let mut timed = reader;
    if timed.attempt(Reader::time).is_some() && !timed.runs_on() {
        reader = timed;
    }
    Some((date, reader.at))
}

fn calendar(year: u16, month: u16, day: u16) -> Option<Date> {
    if !(1500..=2100).contains(&year) {
        return None;
    }
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(year.into(), month, u8::try_from(day).ok()?).ok()
}

#[derive(Clone, Copy)]
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    /// Runs `form`; a form that fails consumes nothing.
    fn attempt<T>(&mut self, form: fn(&mut Self) -> Option<T>) -> Option<T> {
        let mut trial = *self;
        let found = form(&mut trial)?;
        *self = trial;
        Some(found)
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn take(&mut self, wanted: fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let taken = &rest[..rest.find(|c| !wanted(c)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    fn eat(&mut self, wanted: &[char]) -> Option<char> {
        let c = self.rest().chars().next().filter(|c| wanted.contains(c))?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn space(&mut self) -> bool {
        !self.take(|c| c.is_whitespace() && c != '\n').is_empty()
    }

    fn number(&mut self, figures: Range<usize>) -> Option<u16> {
        let taken = self.take(|c| c.is_ascii_digit());
        if figures.contains(&taken.len()) { taken.parse().ok() } else { None }
    }

    fn word(&mut self) -> String {
        self.take(char::is_alphabetic).to_lowercase()
    }

    /// True where the text goes on as part of the same word or number, so that what was read is no date.
    fn runs_on(&self) -> bool {
        let mut ahead = self.rest().chars();
        match ahead.next() {
            Some('T' | 't') => !ahead.next().is_some_and(|c| c.is_ascii_digit()),
            Some('.' | ',' | '-' | '/' | ':') => ahead.next().is_some_and(|c| c.is_ascii_digit()),
            Some(c) => c.is_alphanumeric(),
            None => false,
        }
    }

    fn weekday(&mut self) -> Option<()> {
        let word = self.word();
        WEEKDAYS.iter().any(|names| names.contains(&word.as_str())).then_some(())?;
        self.eat(&['.']);
        self.eat(&[',']);
        self.space().then_some(())
    }

    fn article(&mut self) -> Option<()> {
        match self.word().as_str() {
            "den" | "the" => self.space().then_some(()),
            "d" => {
                self.eat(&['.'])?;
                self.space();
                Some(())
            }
            _ => None,
        }
    }

    /// `2021-08-03`, `2021.08.03`.
    fn year_first(&mut self) -> Option<Date> {
        let year = self.number(4..5)?;
        let separator = self.eat(&['-', '.', '/'])?;
        let month = self.number(1..3)?;
        self.eat(&[separator])?;
        calendar(year, month, self.number(1..3)?)
    }

    /// `3.8.2021`, `15/03/23`, `3/8-2021`, `3/8 2021`, `15-03-2023`.
    fn figures(&mut self) -> Option<Date> {
        let day = self.number(1..3)?;
        let separator = self.eat(&['.', '/', '-'])?;
        if separator == '.' {
            self.space();
        }
        let month = self.number(1..3)?;
        let year = match separator {
            '.' => {
                self.eat(&['.'])?;
                self.space();
                self.year()?
            }
            '/' if self.eat(&['/', '-']).is_none() => {
                self.space().then_some(())?;
                self.number(4..5)?
            }
            '/' => self.year()?,
            _ => {
                self.eat(&['-'])?;
                self.year()?
            }
        };
        calendar(year, month, day)
    }

    /// `3. august 2021`, `3 augusti 2021`, `31. aug. 2020`, `3:e maj 2021`, `3rd of May 2021`, `03-Aug-2021`.
    fn day_first(&mut self) -> Option<Date> {
        let day = self.number(1..3)?;
        let marked = self.ordinal();
        let spaced = self.space() || self.eat(&['-', '/']).is_some();
        (marked || spaced).then_some(())?;
        self.attempt(|of| (of.word() == "of" && of.space()).then_some(()));
        let month = self.month()?;
        self.eat(&['.']);
        self.eat(&[',']);
        (self.space() || self.eat(&['-', '/']).is_some()).then_some(())?;
        calendar(self.year()?, month, day)
    }

    /// `aug 31, 2020`, `August 31st 2020`. Only a full year: the day before it has two figures as well.
    fn month_first(&mut self) -> Option<Date> {
        let month = self.month()?;
        self.eat(&['.']);
        self.space().then_some(())?;
        let day = self.number(1..3)?;
        self.ordinal();
        self.eat(&[',']);
        self.space().then_some(())?;
        calendar(self.number(4..5)?, month, day)
    }

    fn ordinal(&mut self) -> bool {
        let full_stop = self.eat(&['.']).is_some();
        let ending = |end: &mut Self| {
            let colon = end.eat(&[':']).is_some();
            let word = end.word();
            (if colon { matches!(&*word, "e" | "a") } else { matches!(&*word, "st" | "nd" | "rd" | "th") })
                .then_some(())
        };
        full_stop || self.attempt(ending).is_some()
    }

    fn month(&mut self) -> Option<u16> {
        let word = self.word();
        (1..).zip(MONTHS).find_map(|(number, names)| names.contains(&word.as_str()).then_some(number))
    }

    /// A year of four figures, or of two, which is the one from 1950 to 2049.
    fn year(&mut self) -> Option<u16> {
        if let Some(year) = self.attempt(|full| full.number(4..5)) {
            return Some(year);
        }
        let short = self.number(2..3)?;
        Some(if short < 50 { 2000 + short } else { 1900 + short })
    }

    /// `T10:00:00+02:00`, ` 10:00`, `, kl. 10.15`. A full stop between hour and minute needs the *kl.* before it.
    fn time(&mut self) -> Option<()> {
        let mut spoken = false;
        if self.eat(&['T', 't']).is_none() {
            self.eat(&[',']);
            self.space().then_some(())?;
            let clock = |at: &mut Self| matches!(&*at.word(), "kl" | "klokken" | "klockan" | "at").then_some(());
            if self.attempt(clock).is_some() {
                spoken = true;
                self.eat(&['.']);
                self.space();
            }
        }
        let hour = self.number(1..3)?;
        self.eat(if spoken { &[':', '.'] } else { &[':'] })?;
        let minute = self.number(2..3)?;
        (hour < 24 && minute < 60).then_some(())?;
        self.attempt(|seconds| {
            seconds.eat(&[':'])?;
            seconds.number(2..3)?;
            seconds.attempt(|fraction| {
                fraction.eat(&['.', ','])?;
                fraction.number(1..10)
            });
            Some(())
        });
        self.attempt(|zone| {
            zone.space();
            if zone.eat(&['+', '-', '−']).is_some() {
                zone.take(|c| c.is_ascii_digit() || c == ':');
                return Some(());
            }
            matches!(&*zone.word(), "z" | "gmt" | "utc" | "cet" | "cest").then_some(())
        });
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expect: Option<(i32, u8, u8)>) {
        let found = parse(text).map(|date| (date.year(), u8::from(date.month()), date.day()));
        assert_eq!(found, expect, "{text:?}");
    }

    #[test]
    fn spellings_of_one_day() {
        for text in [
            "3. august 2021",
            "03. august 2021",
            "3.august 2021",
            "  Den 3. august 2021\n",
            "den 3 augusti 2021",
            "d. 3. august 2021",
            "3 augusti 2021",
            "3\u{a0}augusti\u{a0}2021",
            "3:e augusti 2021",
            "3. AUGUST 2021",
            "3. aug. 2021",
            "3. aug 21",
            "03-Aug-2021",
            "3rd of August 2021",
            "aug 3, 2021",
            "August 3, 2021",
            "August 3rd, 2021",
            "tirsdag den 3. august 2021",
            "Tirsdag, 3. august 2021",
            "tisdag 3 augusti 2021",
            "tysdag 3. august 2021",
            "Tue, 03 Aug 2021 10:00:00 +0200",
            "03.08.2021",
            "3.8.2021",
            "3. 8. 2021",
            "03.08.21",
            "03/08/2021",
            "3/8-2021",
            "3/8-21",
            "3/8 2021",
            "03-08-2021",
            "03-08-2021 10:15",
            "3. august 2021 kl. 10.15",
            "3. august 2021, klokken 10.15",
            "2021-08-03",
            "2021.08.03",
            "2021-8-3",
            "2021-08-03 10:00",
            "2021-08-03T10:00",
            "2021-08-03T10:00:00Z",
            "2021-08-03T10:00:00.123+02:00",
            "20210803",
        ] {
            check(text, Some((2021, 8, 3)));
        }
    }

    #[test]
    fn every_month_in_four_languages() {
        let danish = "januar februar marts april maj juni juli august september oktober november december";
        let swedish = "januari februari mars april maj juni juli augusti september oktober november december";
        let bokmaal = "januar februar mars april mai juni juli august september oktober november desember";
        let english = "January February March April May June July August September October November December";
        let short = "jan feb mar apr maj jun jul aug sep okt nov dec";
        for names in [danish, swedish, bokmaal, english, short] {
            for (month, name) in (1..).zip(names.split(' ')) {
                check(&format!("17. {name} 1998"), Some((1998, month, 17)));
                check(&format!("{name} 17, 1998"), Some((1998, month, 17)));
            }
        }
    }

    #[test]
    fn short_years_and_day_before_month() {
        check("01.02.03", Some((2003, 2, 1)));
        check("05/04-49", Some((2049, 4, 5)));
        check("05/04-50", Some((1950, 4, 5)));
        check("31-12-99", Some((1999, 12, 31)));
        check("29. februar 2024", Some((2024, 2, 29)));
    }

    #[test]
    fn no_dates() {
        for text in [
            "",
            "31. februar 2021",
            "29. februar 2023",
            "0. maj 2021",
            "3/13/2021",
            "2021-13-01",
            "20211301",
            "3. august",
            "august 2021",
            "2021",
            "3. august 1499",
            "3. august 2101",
            "3. august 202",
            "3. august 20211",
            "1.2.3",
            "15.03.23.45",
            "2021-08-03T25:00",
            "2021-08-03 ved middagstid",
            "3. august 2021 lukkede havnen",
            "3august 2021",
            "3. augustus 2021",
            "mandag",
            "den",
            "den 3",
            "９. maj 2021",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn found_inside_a_line() {
        let find_text = |line: &str| find(line).map(|(_, range)| line[range].to_owned());
        for (line, expect) in [
            ("Trykt 4. maj 2022 | Havn", Some("4. maj 2022")),
            ("onsdag den 4. maj 2022 kl. 9.30 i Ribe", Some("onsdag den 4. maj 2022 kl. 9.30")),
            ("(2022-05-04 09:30)", Some("2022-05-04 09:30")),
            ("04.05.22 Havnens Avis", Some("04.05.22")),
            ("4. maj 2022.", Some("4. maj 2022")),
            ("4. maj 2022, 12 sider", Some("4. maj 2022")),
            ("4. maj 2022 og 5. maj 2022", Some("4. maj 2022")),
            ("version 1.04.05.22", None),
            ("sag 2022-05-0412", None),
            ("nr. 20220504", None),
            ("lov nr. 12 af maj", None),
        ] {
            assert_eq!(find_text(line).as_deref(), expect, "{line:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,60}") {
            parse(&text);
            if let Some((date, range)) = find(&text) {
                prop_assert_eq!(parse(&text[range]), Some(date));
            }
        }

        #[test]
        fn what_is_written_is_read(ordinal in 547_865_i32..767_000, form in 0_usize..6) {
            let date = Date::from_ordinal_date(1500, 1).unwrap() + time::Duration::days((ordinal - 547_865).into());
            let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
            let name = MONTHS[usize::from(month) - 1][0];
            let text = match form {
                0 => format!("{year}-{month:02}-{day:02}"),
                1 => format!("{day}. {name} {year}"),
                2 => format!("den {day} {name} {year}"),
                3 => format!("{day:02}.{month:02}.{year}"),
                4 => format!("{day}/{month}-{year}"),
                _ => format!("{name} {day}, {year}"),
            };
            prop_assert_eq!(parse(&text), Some(date), "{}", text);
            let line = format!("Udsendt {text} | Nyt");
            prop_assert_eq!(find(&line), Some((date, 8..8 + text.len())));
        }
    }
}
