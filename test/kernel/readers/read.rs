// read BTF OBJECT...: what aya-obj makes of BPF objects: parsed, and relocated against a kernel's raw BTF.
//
// aya-obj 0.2 does not know the section names of sessions; they are read under the name of fentry, which is as long with
// two underscores before the target. kfuncs are unknown to it as well: an object that calls one is parsed only.
use aya_obj::{btf::Btf, EbpfSectionKind, Object};
use object::Endianness;
use std::{collections::HashSet, env, error::Error, fs};

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let ends = |byte| matches!(byte, b'/' | 0);
    let found: Vec<usize> = bytes.windows(from.len() + 1).enumerate().filter(|(_, w)| w.starts_with(from) && ends(w[from.len()])).map(|(at, _)| at).collect();
    for at in found {
        let after = at + from.len();
        bytes[at..after].copy_from_slice(to);
        if bytes[after] == b'/' {
            bytes[after] = b'_';
        }
    }
}

fn renamed(mut bytes: Vec<u8>) -> Vec<u8> {
    replace(&mut bytes, b"fsession", b"fentry/_");
    replace(&mut bytes, b"fsession.s", b"fentry.s/_");
    bytes
}

fn read(path: &str, kernel: &Btf) -> Result<(), Box<dyn Error>> {
    let bytes = renamed(fs::read(path)?);
    let uses_kfuncs = bytes.windows(7).any(|w| w == b".ksyms\0");
    let mut object = Object::parse(&bytes)?;
    if !uses_kfuncs {
        object.relocate_btf(kernel)?;
        let text = HashSet::new();
        object.relocate_calls(&text)?;
    }
    let mut names: Vec<&String> = object.programs.keys().collect();
    names.sort();
    let mut maps: Vec<&String> = object.maps.keys().collect();
    maps.sort();
    let data = object.maps.values().filter(|map| map.section_kind() != EbpfSectionKind::BtfMaps).count();
    println!("{path}: programs {names:?} maps {maps:?} data sections {data} relocated {}", !uses_kfuncs);
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let kernel = Btf::parse(&fs::read(&words[0])?, Endianness::default())?;
    for path in &words[1..] {
        read(path, &kernel).map_err(|error| format!("{path}: {error}: {error:?}"))?;
    }
    Ok(())
}
