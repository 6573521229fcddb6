//! CSV, TOML, XML and templates: read, looked up, written again.
fn main() {
    let mut numbers = mining::Numbers(5);
    let mut csv_text = String::from("name,count,price\n");
    let mut toml_text = String::new();
    let mut xml_text = String::from("<items>");
    for (i, line) in mining::text(6 << 10).lines().enumerate() {
        let n = numbers.next();
        csv_text += &format!("\"{line}\",{},{}.{:02}\n", n % 1000, n % 97, n % 100);
        toml_text += &format!("[section{i}]\ntitle = \"{line}\"\ncount = {}\nratio = {}.5\nlist = [1, {}, 3]\n", n % 1000, n % 50, n % 9);
        xml_text += &format!("<item id=\"{i}\" kind='k{}'><name>{line} &amp; co</name><n>{}</n></item>\n", n % 5, n % 1000);
    }
    xml_text += "</items>";
    let mut environment = minijinja::Environment::new();
    environment
        .add_template("t", "{% for x in items %}<li class=\"{{ loop.index }}\">{{ x.title|upper }}: {{ x.count + 1 }}{% if x.count > 500 %}!{% endif %}</li>{% endfor %}")
        .unwrap();
    let mut total = 0usize;
    for _ in 0..mining::iterations() {
        let mut sum = 0.0;
        for record in csv::Reader::from_reader(csv_text.as_bytes()).records() {
            let record = record.unwrap();
            sum += record[1].parse::<f64>().unwrap() * record[2].parse::<f64>().unwrap();
        }
        let table: toml::Table = toml_text.parse().unwrap();
        let mut writer = csv::Writer::from_writer(Vec::new());
        for (key, value) in &table {
            writer.write_record([key.as_str(), &value["count"].to_string(), &value["ratio"].to_string()]).unwrap();
        }
        let document = roxmltree::Document::parse(&xml_text).unwrap();
        let names: usize = document.descendants().filter(|n| n.has_tag_name("name")).map(|n| n.text().unwrap().len()).sum();
        let items: Vec<_> = table.values().map(|v| minijinja::context!(title => v["title"].as_str(), count => v["count"].as_integer())).collect();
        let page = environment.get_template("t").unwrap().render(minijinja::context!(items => items)).unwrap();
        total = total.wrapping_add(sum as usize + names + page.len() + writer.into_inner().unwrap().len() + toml::to_string(&table).unwrap().len());
    }
    println!("{total}");
}
