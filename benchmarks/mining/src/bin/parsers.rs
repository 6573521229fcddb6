//! Parsers written with nom, winnow and logos; toml_edit; a module read by wasmparser.
use logos::Logos;

#[derive(Debug, Clone)]
enum Value {
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Record(Vec<(String, Value)>),
}

fn weight(value: &Value) -> usize {
    match value {
        Value::Number(n) => *n as usize % 10,
        Value::Text(t) => t.len(),
        Value::List(l) => l.iter().map(weight).sum(),
        Value::Record(r) => r.iter().map(|(k, v)| k.len() + weight(v)).sum(),
    }
}

mod with_nom {
    use super::Value;
    use nom::{
        branch::alt, bytes::complete::{is_not, tag}, character::complete::{alpha1, char, multispace0}, combinator::{map, value},
        multi::separated_list0, number::complete::double, sequence::{delimited, preceded, separated_pair, terminated}, IResult, Parser,
    };
    fn text(input: &str) -> IResult<&str, String> {
        map(delimited(char('"'), is_not("\""), char('"')), String::from).parse(input)
    }
    pub fn parse(input: &str) -> IResult<&str, Value> {
        delimited(
            multispace0,
            alt((
                map(double, Value::Number),
                map(text, Value::Text),
                value(Value::Number(1.0), tag("true")),
                map(delimited(char('['), separated_list0(char(','), parse), char(']')), Value::List),
                map(delimited(char('{'), separated_list0(char(','), separated_pair(preceded(multispace0, terminated(map(alpha1, String::from), multispace0)), char(':'), parse)), char('}')), Value::Record),
            )),
            multispace0,
        )
        .parse(input)
    }
}

mod with_winnow {
    use super::Value;
    use winnow::{ascii::{alpha1, float, multispace0}, combinator::{alt, delimited, separated, separated_pair}, token::take_while, ModalResult, Parser};
    pub fn parse(input: &mut &str) -> ModalResult<Value> {
        delimited(
            multispace0,
            alt((
                float.map(Value::Number),
                delimited('"', take_while(1.., |c| c != '"'), '"').map(|t: &str| Value::Text(t.into())),
                "true".value(Value::Number(1.0)),
                delimited('[', separated(0.., parse, ','), ']').map(Value::List),
                delimited('{', separated(0.., separated_pair(delimited(multispace0, alpha1.map(String::from), multispace0), ':', parse), ','), '}').map(Value::Record),
            )),
            multispace0,
        )
        .parse_next(input)
    }
}

#[derive(Logos, Debug, PartialEq, Clone, Copy)]
#[logos(skip r"[ \t\n]+")]
enum Token {
    #[regex(r"[0-9]+(\.[0-9]+)?")]
    Number,
    #[regex(r"[A-Za-z_][A-Za-z0-9_]*")]
    Word,
    #[token("fn")]
    Fn,
    #[token("let")]
    Let,
    #[token("==")]
    Equal,
    #[regex(r#""[^"]*""#)]
    Text,
    #[regex(r"//[^\n]*")]
    Comment,
    #[regex(r"[-+*/%=<>!&|.,:;?#'(){}\[\]\\^~@$]")]
    Sign,
}

fn module() -> Vec<u8> {
    let mut code = vec![0x20u8, 0, 0x41, 1, 0x6a, 0x21, 1, 0x02, 0x40];
    for i in 0..300u32 {
        code.extend([0x20, 1, 0x41, (i & 63) as u8, 0x6a, 0x20, 0, 0x6c, 0x22, 1, 0x45, 0x0d, 0, 0x41, 0, 0x20, 1, 0x36, 2, 4]);
    }
    code.extend([0x0b, 0x20, 1, 0x0b]);
    let mut body = vec![1, 1, 0x7f];
    body.append(&mut code);
    let size = |n: usize| vec![(n & 127) as u8 | 128, (n >> 7) as u8];
    let mut module = b"\0asm\x01\0\0\0\x01\x06\x01\x60\x01\x7f\x01\x7f\x03\x02\x01\0\x05\x03\x01\0\x01\x0a".to_vec();
    module.extend(size(1 + 2 + body.len()));
    module.push(1);
    module.extend(size(body.len()));
    module.extend(body);
    module
}

fn main() {
    let mut source = String::from("[");
    for (i, line) in mining::text(3 << 10).lines().enumerate() {
        source += &format!("{{ name: \"{line}\", count: {i}, ratio: {i}.5e1, list: [1, 2,true , {i}] }},\n ");
    }
    source += "7]";
    let code = concat!(include_str!("formats.rs"), include_str!("numeric.rs"));
    let settings = include_str!("../../Cargo.toml");
    let module = module();
    let mut total = 0;
    for _ in 0..mining::iterations() {
        total += weight(&with_nom::parse(&source).unwrap().1) + weight(&with_winnow::parse(&mut source.as_str()).unwrap());
        let mut counts = [0usize; 8];
        for token in Token::lexer(code) {
            counts[token.map_or(7, |t| t as usize & 7)] += 1;
        }
        total += counts[1] * 3 + counts[7];
        let mut document: toml_edit::DocumentMut = settings.parse().unwrap();
        document["package"]["version"] = toml_edit::value("1.2.3");
        total += document.to_string().len();
        wasmparser::Validator::new().validate_all(&module).unwrap();
        for payload in wasmparser::Parser::new(0).parse_all(&module) {
            if let wasmparser::Payload::CodeSectionEntry(body) = payload.unwrap() {
                total += body.get_operators_reader().unwrap().into_iter().filter(|o| matches!(o, Ok(wasmparser::Operator::LocalGet { .. }))).count();
            }
        }
    }
    println!("{total}");
}
