//! The stable id of a suspect.

/// Hashes the parts of an identity to 16 hexadecimal digits (64-bit FNV-1a). The parts are function names; lines,
/// addresses, hosts, times and the numbers of closures take no part, so that the id survives them.
pub(super) fn fingerprint<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut take = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    for part in parts {
        without_closure_numbers(part).bytes().for_each(&mut take);
        take(0);
    }
    format!("{hash:016x}")
}

/// `main.run.func2.1` and `main.run.func3` are both `main.run.func`: closures are numbered in source order, and a
/// new one shifts the others.
fn without_closure_numbers(function: &str) -> String {
    let mut kept = Vec::new();
    for segment in function.split('.') {
        let segment = segment.split("-range").next().unwrap_or(segment);
        let bare = segment.trim_end_matches(|c: char| c.is_ascii_digit());
        match bare {
            "" if !segment.is_empty() && !kept.is_empty() => {}
            "func" | "gowrap" | "deferwrap" => kept.push(bare),
            _ => kept.push(segment),
        }
    }
    kept.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closures_keep_their_id_when_they_are_renumbered() {
        assert_eq!(without_closure_numbers("main.run.func2.1"), "main.run.func");
        assert_eq!(without_closure_numbers("main.run.func12-range1"), "main.run.func");
        assert_eq!(without_closure_numbers("main.(*T2).Put.gowrap3"), "main.(*T2).Put.gowrap");
        assert_eq!(without_closure_numbers("example.com/v2.F"), "example.com/v2.F");
        let id = |name: &str| fingerprint(["heap", name].into_iter());
        assert_eq!(id("main.run.func1"), id("main.run.func2"));
        assert_ne!(id("main.run"), id("main.walk"));
    }
}
