//! How well the splitter does against splits made by hand, and how fast it is.

use std::path::Path;
use std::time::Instant;

use crate::Outcome;
use crate::corpus;
use crate::learn::Language;
use crate::text::CompoundPart;
use crate::text::Splitter;

/// Prints the figures for `languages`, and with `errors` what was got wrong.
pub(crate) fn eval(languages: &[&Language], data: &Path, errors: bool) -> Outcome<()> {
    for language in languages {
        for (lists, name) in [(true, "with lists"), (false, "without lists")] {
            let splitter = language.splitter(language.shipped()?, lists)?;
            let show = errors && lists;
            if language.code == "da" {
                let text = std::fs::read_to_string(data.join("compounds/da-cdt.tsv"))?;
                let rows: Vec<_> = rows(&text).collect();
                let first = |gold: &str| gold.split('+').next().is_some_and(|first| language.is_particle(first));
                let (out, kept): (Vec<_>, Vec<_>) = rows.iter().copied().partition(|(_, gold)| first(gold));
                if lists {
                    let golds: Vec<&str> = out.iter().map(|&(_, gold)| gold).collect();
                    println!("da: {} rows begin with a particle: {}", out.len(), golds.join(" "));
                }
                measure(&splitter, &format!("da-cdt, {name}"), &kept, show);
                measure(&splitter, &format!("da-cdt with particles first, {name}"), &rows, false);
                let text = std::fs::read_to_string(data.join("compounds/da-cdt-simplex.tsv"))?;
                let rows: Vec<_> = self::rows(&text).collect();
                measure(&splitter, &format!("da-cdt-simplex, {name}"), &rows, show);
            } else {
                let path = crate::project().join(format!("tools/gold/compounds-{}-gold.tsv", language.code));
                let Ok(text) = std::fs::read_to_string(path) else { continue };
                let rows: Vec<_> = rows(&text).collect();
                measure(&splitter, &format!("{}-gold, {name}", language.code), &rows, show);
            }
        }
        let splitter = language.splitter(language.shipped()?, true)?;
        let counts = corpus::count(&data.join(language.folder), language.codes)?;
        let words: Vec<&str> = corpus::sorted(&counts.words).into_keys().collect();
        let mut split = 0;
        let times = (0..5).map(|_| {
            let start = Instant::now();
            split = words.iter().filter(|word| !splitter.split(word).is_empty()).count();
            start.elapsed().as_secs_f64()
        });
        let micros = times.fold(f64::INFINITY, f64::min) * 1e6 / words.len() as f64;
        println!(
            "{}: {} distinct words, {split} split, {micros:.2} microseconds a word (the best of five)",
            language.code,
            words.len()
        );
    }
    Ok(())
}

fn rows(text: &str) -> impl Iterator<Item = (&str, &str)> {
    corpus::lines(text).filter_map(|line| line.split_once('\t'))
}

fn measure(splitter: &Splitter, name: &str, rows: &[(&str, &str)], show: bool) {
    let (mut exact, mut whole, mut whole_right, mut split, mut split_some) = (0, 0, 0, 0, 0);
    for &(word, gold) in rows {
        let ours = joined(word, &splitter.split(word));
        exact += usize::from(ours == gold);
        if gold.contains('+') {
            split += 1;
            split_some += usize::from(ours.contains('+'));
        } else {
            whole += 1;
            whole_right += usize::from(ours == gold);
        }
        if show && ours != gold {
            println!("    {gold}\t{ours}");
        }
    }
    let percent = |part: usize, all: usize| 100.0 * part as f64 / all.max(1) as f64;
    println!(
        "{name}: {} rows, exact {:.1} %, simplex left whole {:.1} % of {whole}, compound split {:.1} % of {split}",
        rows.len(),
        percent(exact, rows.len()),
        percent(whole_right, whole),
        percent(split_some, split)
    );
}

/// The word with + between its parts.
pub(crate) fn joined(word: &str, parts: &[CompoundPart]) -> String {
    if parts.is_empty() {
        return word.to_owned();
    }
    parts.iter().map(|part| &word[part.start..part.end]).collect::<Vec<_>>().join("+")
}
