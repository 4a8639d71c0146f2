//! The natural order of names: numbers in them count as numbers, so that `heap-4` comes before `heap-10`.

use std::cmp::Ordering;

/// The order of two names by their parts, numbers by their value and the rest as text; names that are the same so far
/// (`heap-01`, `heap-1`) as text.
pub fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    while !left.is_empty() && !right.is_empty() {
        let ((number_a, rest_a), (number_b, rest_b)) = (first_number(left), first_number(right));
        let order = match (number_a, number_b) {
            // Both start with a number: the one with more digits is larger.
            (Some(a), Some(b)) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
            _ => left.chars().next().cmp(&right.chars().next()),
        };
        if order != Ordering::Equal {
            return order;
        }
        let step = |text: &'_ str| text.chars().next().map_or(0, char::len_utf8);
        (left, right) = match number_a {
            Some(_) => (rest_a, rest_b),
            None => (&left[step(left)..], &right[step(right)..]),
        };
    }
    left.len().cmp(&right.len()).then_with(|| a.cmp(b))
}

/// The number that a text starts with, without leading zeros, and what follows it.
fn first_number(text: &str) -> (Option<&str>, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    ((end > 0).then(|| digits.trim_start_matches('0')), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let sorted = [
            "day2/g-9.txt",
            "day10/g-1.txt",
            "g-4.txt",
            "g-04.txt.gz",
            "g-5.txt",
            "g-10.txt",
            "g-10a.txt",
            "g-11.txt",
            "g-18446744073709551617.txt",
            "gä-1",
        ];
        let mut names = sorted;
        names.reverse();
        names.sort_by(|a, b| natural_order(a, b));
        assert_eq!(names, sorted);
    }

    #[test]
    fn it_is_a_total_order() {
        let names = ["", "0", "00", "01", "1", "1a", "a", "a0", "a00", "a1", "a01b", "a1b", "ä", "é1"];
        for a in names {
            for b in names {
                assert_eq!(natural_order(a, b), natural_order(b, a).reverse(), "{a} {b}");
                assert_eq!(natural_order(a, b) == Ordering::Equal, a == b, "{a} {b}");
            }
        }
    }
}
