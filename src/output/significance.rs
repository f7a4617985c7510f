//! How a p-value is shown, the same in every table. Daggers, not stars: they are the custom of the field, and stars are
//! mark-up in several formats.

/// The levels of significance that are marked, the strictest first.
pub const MARKED: &[(f64, &str)] = &[(0.01, "‡"), (LEAST, "†")];

/// Differences with a p-value from here on are not marked.
pub const LEAST: f64 = 0.05;

/// The mark of a difference; empty where there is none.
pub fn mark(p: f64) -> &'static str {
    MARKED.iter().find(|(level, _)| p < *level).map_or("", |(_, mark)| mark)
}

/// What the marks mean: `† p < 0.05, ‡ p < 0.01`.
pub fn legend() -> String {
    let levels: Vec<_> = MARKED.iter().rev().map(|(level, mark)| format!("{mark} p < {level}")).collect();
    levels.join(", ")
}

/// A p-value with four decimals, or that it is less.
pub fn p_value(p: f64) -> String {
    if p < 0.0001 { "<0.0001".to_owned() } else { format!("{p:.4}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_ones_are_marked() {
        assert_eq!([0.0, 0.009, 0.01, 0.049, 0.05, 1.0].map(mark), ["‡", "‡", "†", "†", "", ""]);
        assert_eq!(legend(), "† p < 0.05, ‡ p < 0.01");
        assert_eq!([p_value(0.00009), p_value(0.0001), p_value(1.0)], ["<0.0001", "0.0001", "1.0000"]);
    }
}
