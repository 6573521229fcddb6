//! The standard library: collections, strings, formatting, iterators, sorting, boxes, closures.
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque};
use std::fmt::{self, Write};
use std::rc::Rc;

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(f64),
    Word(String),
    Sign(char),
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut chars = text.chars().peekable();
    let mut found = Vec::new();
    while let Some(&c) = chars.peek() {
        if c.is_whitespace() {
            chars.next();
        } else if c.is_ascii_digit() {
            let mut word = String::new();
            while let Some(c) = chars.next_if(|c| c.is_ascii_digit() || *c == '.') {
                word.push(c);
            }
            found.push(Token::Number(word.parse().map_err(|e| format!("{word}: {e}"))?));
        } else if c.is_alphabetic() {
            let mut word = String::new();
            while let Some(c) = chars.next_if(|c| c.is_alphanumeric()) {
                word.extend(c.to_uppercase());
            }
            found.push(Token::Word(word));
        } else {
            found.push(Token::Sign(c));
            chars.next();
        }
    }
    Ok(found)
}

#[derive(Debug)]
enum Expression {
    Number(f64),
    Variable(String),
    Binary(char, Box<Expression>, Box<Expression>),
}

fn expression(tokens: &mut VecDeque<Token>, level: usize) -> Option<Expression> {
    if level == 2 {
        return Some(match tokens.pop_front()? {
            Token::Number(n) => Expression::Number(n),
            Token::Word(w) => Expression::Variable(w),
            Token::Sign('(') => {
                let inner = expression(tokens, 0)?;
                tokens.pop_front();
                inner
            }
            Token::Sign(_) => return None,
        });
    }
    let mut left = expression(tokens, level + 1)?;
    while let Some(Token::Sign(sign)) = tokens.front() {
        let sign = *sign;
        if !["+-", "*/"][level].contains(sign) {
            break;
        }
        tokens.pop_front();
        left = Expression::Binary(sign, Box::new(left), Box::new(expression(tokens, level + 1)?));
    }
    Some(left)
}

fn evaluate(e: &Expression, variables: &HashMap<String, f64>) -> f64 {
    match e {
        Expression::Number(n) => *n,
        Expression::Variable(name) => variables.get(name).copied().unwrap_or(1.0),
        Expression::Binary(sign, a, b) => {
            let (a, b) = (evaluate(a, variables), evaluate(b, variables));
            match sign {
                '+' => a + b,
                '-' => a - b,
                '*' => a * b,
                _ => a / b,
            }
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Number(n) => write!(f, "{n:.2}"),
            Self::Variable(name) => f.write_str(name),
            Self::Binary(sign, a, b) => write!(f, "({a} {sign} {b})"),
        }
    }
}

trait Animal {
    fn step(&mut self, by: i64) -> i64;
}
struct Cat(i64);
struct Dog {
    path: Vec<i64>,
}
impl Animal for Cat {
    fn step(&mut self, by: i64) -> i64 {
        self.0 = self.0.wrapping_mul(31).wrapping_add(by);
        self.0 >> 3
    }
}
impl Animal for Dog {
    fn step(&mut self, by: i64) -> i64 {
        self.path.push(by);
        self.path.iter().rev().take(4).sum()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Person {
    family: String,
    given: String,
    age: u8,
}

struct Node {
    value: u32,
    children: Vec<Rc<RefCell<Node>>>,
}

fn visit(node: &Rc<RefCell<Node>>) -> u64 {
    let mut node = node.borrow_mut();
    node.value += 1;
    u64::from(node.value) + node.children.iter().map(visit).sum::<u64>()
}

fn main() {
    let text = mining::text(5 << 10);
    let mut total = 0u64;
    for _ in 0..mining::iterations() {
        let mut numbers = mining::Numbers(7);
        let source = "(alpha + 3.25) * beta7 - 12 / (gamma + alpha * 2) + 8 * (1 + 2 * (x - y)) ".repeat(1);
        let variables: HashMap<String, f64> = ["ALPHA", "BETA7", "GAMMA", "X"].iter().zip(1..).map(|(k, v)| (k.to_string(), v as f64)).collect();
        for _ in 0..12 {
            let mut queue: VecDeque<Token> = tokens(&source).unwrap().into();
            let parsed = expression(&mut queue, 0).unwrap();
            total += evaluate(&parsed, &variables) as u64 + parsed.to_string().len() as u64 + format!("{parsed:?}").len() as u64;
        }
        let mut people: Vec<Person> = (0..150)
            .map(|_| Person { family: format!("F{}", numbers.next() % 20), given: format!("g{:03}", numbers.next() % 100), age: numbers.next() as u8 })
            .collect();
        people.sort();
        people.sort_unstable_by_key(|p| std::cmp::Reverse(p.age));
        people.dedup_by(|a, b| a.age == b.age);
        let mut by_family: BTreeMap<&str, Vec<&Person>> = BTreeMap::new();
        for person in &people {
            by_family.entry(&person.family).or_default().push(person);
        }
        for (family, members) in &by_family {
            total += (family.len() * members.len()) as u64 + members.iter().map(|p| u64::from(p.age)).max().unwrap();
        }
        let distinct: HashSet<Person> = people.iter().cloned().collect();
        let ages: BTreeSet<u8> = distinct.iter().map(|p| p.age).collect();
        total += ages.range(20..90).map(|a| u64::from(*a)).sum::<u64>();
        let mut heap = BinaryHeap::new();
        for _ in 0..400 {
            heap.push((numbers.next() % 1000, numbers.next()));
            if heap.len() > 50 {
                heap.pop();
            }
        }
        total += u64::from(heap.into_sorted_vec()[7].0);
        let mut report = String::new();
        for (i, line) in text.lines().enumerate() {
            let mut words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            words.retain(|w| w.len() > 3 && !w.starts_with("ka"));
            words.iter_mut().for_each(|w| w.truncate(6));
            writeln!(report, "{i:>4}|{:<20}|{:^9}|{:#x}|{:+}", words.join("-"), words.len(), i * 77, -(i as i32)).unwrap();
            total += line.char_indices().filter(|(_, c)| "aeiou".contains(*c)).map(|(i, _)| i as u64).sum::<u64>();
            total += line.rfind("lo").unwrap_or(3) as u64 + line.bytes().rev().position(|b| b == b'k').unwrap_or(1) as u64;
        }
        total += report.len() as u64 + report.replace("-", " - ").to_uppercase().split(' ').count() as u64;
        let mut animals: Vec<Box<dyn Animal>> = (0..20).map(|i| if i % 3 == 0 { Box::new(Cat(i)) as Box<dyn Animal> } else { Box::new(Dog { path: vec![] }) }).collect();
        for i in 0..600 {
            let at = i as usize % animals.len();
            total = total.wrapping_add(animals[at].step(i) as u64 & 0xff);
        }
        let leaves: Vec<_> = (0..30).map(|value| Rc::new(RefCell::new(Node { value, children: vec![] }))).collect();
        let root = Rc::new(RefCell::new(Node { value: 0, children: leaves.chunks(5).map(|c| Rc::new(RefCell::new(Node { value: 1, children: c.to_vec() }))).collect() }));
        for _ in 0..20 {
            total += visit(&root);
        }
        let floats: Vec<f64> = (0..200).map(|_| f64::from(numbers.next()) / 977.0).collect();
        let shown: Vec<String> = floats.iter().map(|f| format!("{f} {f:e}")).collect();
        let read: f64 = shown.iter().map(|s| s.split(' ').next().unwrap().parse::<f64>().unwrap()).sum();
        total += read as u64 + u128::from(total).pow(2).to_string().len() as u64;
        let mut grid = vec![vec![0i32; 40]; 40];
        for y in 1..40 {
            for x in 1..40 {
                grid[y][x] = (grid[y - 1][x].max(grid[y][x - 1]) + ((x * y) as i32 % 7)).min(200);
            }
        }
        total += grid.iter().flatten().map(|c| *c as u64).sum::<u64>();
        let sums: Vec<u32> = floats.windows(3).map(|w| w.iter().sum::<f64>() as u32).scan(0u32, |s, x| { *s ^= x; Some(*s) }).collect();
        total += sums.iter().step_by(3).fold(0u64, |a, b| a.rotate_left(3) ^ u64::from(*b)) & 0xffff;
    }
    println!("{total}");
}
