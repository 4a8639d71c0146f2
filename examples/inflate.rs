//! Inflates gzip files and throws the bytes away: what reading profiles costs at the least, to compare with.

use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{BufReader, copy, sink};

fn main() -> std::io::Result<()> {
    for path in std::env::args().skip(1) {
        let file = BufReader::with_capacity(1 << 16, File::open(path)?);
        copy(&mut MultiGzDecoder::new(file), &mut sink())?;
    }
    Ok(())
}
