//! Big numbers, matrices, noise, curves, triangles, graphs, a picture.
use kurbo::{BezPath, ParamCurveArclen, Shape};
use noise::NoiseFn;
fn main() {
    let mut total = 0.0;
    let mut numbers = mining::Numbers(9);
    for _ in 0..mining::iterations() {
        let mut product = num_bigint::BigUint::from(1u32);
        for i in 1..150u32 {
            product *= i;
        }
        total += product.to_string().len() as f64;
        let matrix = nalgebra::DMatrix::<f64>::from_fn(16, 16, |i, j| ((i * 7 + j * 13) % 11) as f64 + if i == j { 20.0 } else { 0.0 });
        total += matrix.clone().lu().determinant().ln() + matrix.symmetric_eigen().eigenvalues.sum();
        let perlin = noise::Perlin::new(3);
        let mut picture = Vec::new();
        for y in 0..32 {
            for x in 0..32 {
                let v = perlin.get([x as f64 / 7.3, y as f64 / 5.1, 0.5]);
                picture.push((v * 100.0 + 128.0) as u8);
            }
        }
        let mut jpeg = Vec::new();
        jpeg_encoder::Encoder::new(&mut jpeg, 80).encode(&picture, 32, 32, jpeg_encoder::ColorType::Luma).unwrap();
        total += jpeg.len() as f64;
        let mut path = BezPath::new();
        path.move_to((0.0, 0.0));
        for i in 0..12 {
            let f = i as f64;
            path.curve_to((f, f * 3.0 % 7.0), (f * 2.0 % 5.0, f), (f + 1.0, f * 5.0 % 3.0));
        }
        total += path.area() + path.segments().map(|s| s.arclen(1e-3)).sum::<f64>();
        let points: Vec<_> = (0..200)
            .map(|_| delaunator::Point { x: (numbers.next() % 1000) as f64, y: (numbers.next() % 1000) as f64 })
            .collect();
        let triangles = delaunator::triangulate(&points).triangles;
        let mut graph = petgraph::Graph::<u32, f32>::new();
        let nodes: Vec<_> = (0..200).map(|i| graph.add_node(i)).collect();
        for edge in triangles.windows(2) {
            graph.add_edge(nodes[edge[0]], nodes[edge[1]], (edge[0] ^ edge[1]) as f32 + 1.0);
        }
        let distances = petgraph::algo::dijkstra(&graph, nodes[0], None, |e| *e.weight());
        total += distances.values().map(|d| *d as f64).sum::<f64>();
    }
    println!("{total:.3}");
}
