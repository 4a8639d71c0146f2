//! Compiles `proto/profile.proto` with prost. protox parses it in pure Rust, so no protoc is needed.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=proto/profile.proto");
    let descriptors = protox::compile(["proto/profile.proto"], ["proto/"])?;
    prost_build::Config::new().compile_fds(descriptors)?;
    Ok(())
}
