//! Dates, decimals, ordered maps, iterator tools, bit sets, small vectors, normalization.
use chrono::{Datelike, NaiveDate, TimeDelta};
use itertools::Itertools;
use rust_decimal::{Decimal, MathematicalOps};
use unicode_normalization::UnicodeNormalization;

fn main() {
    let text = mining::text(3 << 10);
    let mut total = 0usize;
    for _ in 0..mining::iterations() {
        let mut numbers = mining::Numbers(11);
        let mut day = NaiveDate::from_ymd_opt(1987, 3, 14).unwrap();
        for _ in 0..150 {
            day += TimeDelta::days(i64::from(numbers.next() % 900));
            let shown = day.and_hms_opt(numbers.next() % 24, 7, 9).unwrap().format("%Y-%m-%d %H:%M:%S %a %j").to_string();
            let again = NaiveDate::parse_from_str(&shown[..10], "%Y-%m-%d").unwrap();
            total += again.ordinal() as usize + again.weekday().num_days_from_monday() as usize;
        }
        let mut balance = Decimal::new(100_000, 2);
        for i in 1..120i64 {
            let rate = Decimal::new(i64::from(numbers.next() % 500), 4);
            balance = (balance * (Decimal::ONE + rate)).round_dp(4) / Decimal::new(11 + i % 3, 1) + Decimal::from(i);
        }
        total += balance.to_string().len() + balance.sqrt().unwrap().trunc().to_string().parse::<Decimal>().unwrap().scale() as usize;
        let mut map = indexmap::IndexMap::new();
        for word in text.split_whitespace() {
            *map.entry(word).or_insert(0usize) += 1;
        }
        map.sort_by(|a, x, b, y| y.cmp(x).then(a.cmp(b)));
        map.swap_remove_index(2);
        total += map.iter().take(10).map(|(k, v)| k.len() * v).sum::<usize>();
        total += map.keys().map(|k| k.len()).sorted().dedup_with_count().map(|(n, l)| n * l).sum::<usize>();
        total += (0..9).tuple_combinations().filter(|(a, b, c)| (a + b * c) % 3 == 0).count();
        total += map.values().chunks(7).into_iter().map(|c| c.max().copied().unwrap_or(0)).join(",").len();
        total += (1..6).permutations(4).map(|p| p[0] * p[3]).sum::<usize>() + text.lines().map(|l| l.len()).minmax().into_option().unwrap().1;
        let groups = text.split_whitespace().into_group_map_by(|w| w.as_bytes()[0]);
        total += groups.values().map(Vec::len).max().unwrap();
        let mut bits = fixedbitset::FixedBitSet::with_capacity(3000);
        for i in 2..3000 {
            if !bits.contains(i) {
                (i * i..3000).step_by(i).for_each(|j| bits.insert(j));
            }
        }
        total += bits.zeroes().count() + bits.count_ones(100..900);
        let mut small: smallvec::SmallVec<[u32; 8]> = smallvec::SmallVec::new();
        for i in 0..600 {
            small.push(numbers.next());
            if i % 9 == 8 {
                small.sort_unstable();
                total += small[4] as usize & 15;
                small.clear();
            }
        }
        let accents = "Ünïcödé fürs Çafé — ﬁn ½ ".repeat(20);
        total += accents.nfd().filter(|c| c.is_ascii()).count() + accents.nfkc().collect::<String>().len();
    }
    println!("{total}");
}
