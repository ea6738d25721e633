//! What texts mean, beside a slow twin: whatever was changed before, a snapshot answers as one that was made of the
//! same models at once and in any order.

use modeldex_engine::{Definition, Edit, How, Snapshot, Vocabulary};
use proptest::prelude::*;
use std::sync::Arc;

const VOCABULARY: &str = r#"{
    "format": 1,
    "facets": [{"name": "base"}, {"name": "provider", "synonyms": {"open_ai": "openai"}}, {"name": "owner"},
        {"name": "home", "internal": true, "terms": ["yes"]}],
    "measures": [],
    "bare": {"facet": "base", "preferred": ["home", "yes"]},
    "names": {"provider": "provider", "owner": "owner", "idle": ["models"], "places": ["us", "eu"],
        "vendors": {"meta-llama": "meta", "openai": "openai"}, "gateways": {"both": ["azure", "openai"]},
        "tags": ["free", "thinking"], "endings": ["free"], "silent": ["default"], "newest": ["latest"], "roles": ["instruct"],
        "markers": {"tuned": [{"kind": "tuned", "forms": ["ft:{base}:{owner?}:{suffix?}:{id?}", "ft:{base}"]}],
            "resources": ["projects/*/models/{base}"]}}
}"#;

struct Model {
    id: &'static str,
    base: Option<&'static str>,
    provider: Option<&'static str>,
    owner: Option<&'static str>,
    home: bool,
    aliases: &'static [&'static str],
}

const fn model(id: &'static str, base: &'static str, provider: &'static str, owner: &'static str, home: bool) -> Model {
    Model { id, base: Some(base), provider: Some(provider), owner: Some(owner), home, aliases: &[] }
}

const MODELS: &[Model] = &[
    Model { aliases: &["gpt-4o-main"], ..model("openai/gpt-4o", "gpt-4o", "openai", "openai", true) },
    model("azure/gpt-4o", "gpt-4o", "azure", "openai", false),
    model("openai/gpt-4o-2024-08-06", "gpt-4o-2024-08-06", "openai", "openai", true),
    model("openai/gpt-4o-2024-11-20", "gpt-4o-2024-11-20", "openai", "openai", true),
    model("openai/gpt-4o-mini", "gpt-4o-mini", "openai", "openai", true),
    model("openai/ft:gpt-4o-mini", "ft-gpt-4o-mini", "openai", "openai", false),
    model("meta/llama-3.1-8b-instruct", "llama-3.1-8b-instruct", "meta", "meta", true),
    model("router/meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b-instruct", "router", "meta", false),
    model("router/meta-llama/Llama-3.1-8B-Instruct:free", "llama-3.1-8b-instruct", "router", "meta", false),
    model("cloud/us.openai.gpt-4o-v1:0", "gpt-4o", "cloud", "openai", false),
    model("cloud/eu.openai.gpt-4o-v1:0", "gpt-4o", "cloud", "openai", false),
    model("openai/claudette-opus-4.5", "claudette-opus-4.5", "openai", "openai", true),
    model("one/shared", "shared", "one", "meta", false),
    model("two/shared", "shared", "two", "meta", false),
    Model { id: "my-own-model", base: None, provider: None, owner: None, home: false, aliases: &[] },
    Model { id: "house/Own_Llama", base: None, provider: None, owner: None, home: false, aliases: &["own"] },
];

fn definition(model: &Model) -> Definition {
    let term = |facet: &str, text: Option<&str>| text.map(|text| (facet.to_owned(), text.to_owned()));
    let home = model.home.then_some("yes");
    let terms =
        [term("base", model.base), term("provider", model.provider), term("owner", model.owner), term("home", home)];
    Definition {
        id: model.id.into(),
        aliases: model.aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        terms: terms.into_iter().flatten().collect(),
        document: model.id.into(),
        ..Definition::default()
    }
}

fn blank() -> Snapshot {
    Snapshot::new(Arc::new(Vocabulary::parse(VOCABULARY).unwrap())).unwrap()
}

fn of(models: impl IntoIterator<Item = usize>) -> Snapshot {
    let mut edit: Edit = blank().edit();
    for at in models {
        edit.put(&definition(&MODELS[at]), false).unwrap();
    }
    edit.finish().0
}

fn all() -> Snapshot {
    of(0..MODELS.len())
}

/// The id, how, and whether it is ambiguous.
fn ask(snapshot: &Snapshot, text: &str) -> (Option<String>, Option<How>, bool) {
    let found = snapshot.resolve(text, None, 0.0);
    (found.row.and_then(|row| snapshot.names().id(row)).map(str::to_owned), found.how, found.ambiguous)
}

fn told(snapshot: &Snapshot, text: &str) -> (Option<String>, Option<How>, Vec<(String, String)>) {
    let found = snapshot.resolve(text, None, 0.0);
    let id = |row| snapshot.names().id(row).unwrap_or_default().to_owned();
    let candidates = found.candidates.iter().map(|candidate| (id(candidate.row), candidate.reason.to_string()));
    (found.row.map(id), found.how, candidates.collect())
}

#[test]
fn each_step_says_how() {
    let snapshot = all();
    for (text, id, how) in [
        ("openai/gpt-4o", "openai/gpt-4o", How::Exact),
        ("gpt-4o", "openai/gpt-4o", How::Alias),
        ("gpt-4o-main", "openai/gpt-4o", How::Alias),
        ("GPT_4o", "openai/gpt-4o", How::Folded),
        ("models/gpt4o", "openai/gpt-4o", How::Folded),
        ("open_ai/gpt 4o", "openai/gpt-4o", How::Folded),
        ("openai:GPT-4o", "openai/gpt-4o", How::Folded),
        ("azure/gpt-4o@default", "azure/gpt-4o", How::Folded),
        ("cloud/eu.gpt-4o", "cloud/eu.openai.gpt-4o-v1:0", How::Folded),
        ("claudette-4-5-opus", "openai/claudette-opus-4.5", How::Folded),
        ("meta-llama/Llama-3.1-8B", "meta/llama-3.1-8b-instruct", How::Folded),
        ("router/llama-3.1-8b-instruct:free", "router/meta-llama/Llama-3.1-8B-Instruct:free", How::Folded),
        ("gpt-4o-2025-01-31", "openai/gpt-4o", How::Dated),
        ("openai/gpt-4o-mini-latest", "openai/gpt-4o-mini", How::Dated),
        ("ft:gpt-4o-mini:org::x1", "openai/ft:gpt-4o-mini", How::FineTune),
        ("ft:gpt-4o:org:mine:x1", "openai/gpt-4o", How::FineTune),
        ("projects/p/models/gpt-4o", "openai/gpt-4o", How::Folded),
        ("claudete-opus-4.5", "openai/claudette-opus-4.5", How::Typo),
        ("opnai/gpt-4o", "openai/gpt-4o", How::Typo),
        ("own llama", "house/Own_Llama", How::Folded),
        ("House/own-llama", "house/Own_Llama", How::Folded),
    ] {
        assert_eq!(ask(&snapshot, text), (Some(id.into()), Some(how), false), "{text}");
    }
}

#[test]
fn what_is_not_certain_is_a_candidate() {
    let snapshot = all();
    for (text, candidate) in [
        // Another provider's, another tag, another place, another number.
        ("meta/gpt-4o", "openai/gpt-4o"),
        ("gpt-4o:free", "openai/gpt-4o"),
        ("cloud/gpt-4o", "cloud/eu.openai.gpt-4o-v1:0"),
        ("claudette-opus-4.6", "openai/claudette-opus-4.5"),
        ("nobody/gpt-4o", "openai/gpt-4o"),
        ("gpt-5o", "openai/gpt-4o"),
    ] {
        let (found, how, candidates) = told(&snapshot, text);
        assert_eq!((found, how), (None, None), "{text}");
        assert!(candidates.iter().any(|(id, _)| id == candidate), "{text} {candidates:?}");
    }
    let shared = snapshot.resolve("SHARED", None, 0.0);
    assert!(shared.ambiguous && shared.candidates.len() == 2);
    // A date of which another family is known, one letter away.
    assert_eq!(ask(&snapshot, "gpt-4-2024-08-06"), (None, None, false));
}

#[test]
fn junk_means_nothing() {
    let snapshot = all();
    let long = "gpt-4o".repeat(200_000);
    for text in
        ["", " ", "-", "4", "openai/", "/", ":", "@", "-v1", "---", "\0", "gpt\u{200F}-4o", "ft:", "ft::::", &long]
    {
        let found = snapshot.resolve(text, None, 0.0);
        assert_eq!((found.row, found.how, found.ambiguous), (None, None, false), "{text:?}");
    }
}

#[test]
fn who_serves_it_and_how_sure_it_must_be_can_be_said() {
    let snapshot = all();
    let facet = snapshot.vocabulary().facet("provider").unwrap();
    let azure = snapshot.facets().find(facet, "azure").unwrap();
    let by_azure = |text: &str| snapshot.resolve(text, Some(&[azure]), 0.0);
    let id = |row: Option<u32>| row.and_then(|row| snapshot.names().id(row));
    assert_eq!(id(by_azure("gpt-4o").row), Some("azure/gpt-4o"));
    assert_eq!(by_azure("gpt-4o").how, Some(How::Exact));
    assert_eq!(id(by_azure("GPT4o").row), Some("azure/gpt-4o"));
    assert_eq!(by_azure("openai/gpt-4o-mini").row, None);
    assert_eq!(by_azure("openai/gpt-4o").row.and_then(|row| snapshot.names().id(row)), Some("azure/gpt-4o"));
    let careful = snapshot.resolve("GPT4o", None, 1.0);
    assert_eq!((careful.row, id(Some(careful.candidates[0].row))), (None, Some("openai/gpt-4o")));
    assert!(snapshot.resolve("gpt-4o", None, 1.0).row.is_some());
}

#[test]
fn without_rules_names_are_folded_and_no_more() {
    let plain = Vocabulary::parse(r#"{"format": 1, "facets": [], "measures": []}"#).unwrap();
    let mut edit = Snapshot::new(Arc::new(plain)).unwrap().edit();
    edit.put(&Definition { id: "Vendor/My_Model-7B".into(), document: b"{}".to_vec(), ..Definition::default() }, false)
        .unwrap();
    let snapshot = edit.finish().0;
    for text in ["vendor/my-model 7b", "MyModel7B", "my-model-7b"] {
        assert_eq!(ask(&snapshot, text).0.as_deref(), Some("Vendor/My_Model-7B"), "{text}");
    }
    assert_eq!(ask(&snapshot, "other/my-model-7b").0, None);
    assert_eq!(ask(&snapshot, "my-model-8b").0, None);
}

/// Texts that are near to the models of the test.
fn text() -> impl Strategy<Value = String> {
    let name = (0..MODELS.len()).prop_map(|at| MODELS[at].id.to_owned());
    (name, any::<prop::sample::Index>(), "[a-z/:@-]?", 0..6_u8).prop_map(|(name, at, letter, kind)| {
        let at = at.index(name.len());
        match kind {
            0 => name.to_uppercase(),
            1 => name.replace(['-', '.'], "_"),
            2 => name.rsplit('/').next().unwrap_or_default().to_owned(),
            3 => format!("{}{letter}{}", &name[..at], &name[at..]),
            4 => format!("{}{letter}{}", &name[..at], &name[at + 1..]),
            _ => format!("{name}{letter}latest"),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Changes one after the other, with questions in between so that every index is made and kept.
    #[test]
    fn what_was_before_does_not_matter(
        steps in prop::collection::vec((0..MODELS.len(), any::<bool>(), text()), 1..24),
        texts in prop::collection::vec(text(), 1..12),
    ) {
        let mut snapshot = all();
        let mut there: Vec<usize> = (0..MODELS.len()).collect();
        for (at, ask_too, text) in steps {
            let mut edit = snapshot.edit();
            if let Some(place) = there.iter().position(|other| *other == at) {
                there.remove(place);
                edit.remove(MODELS[at].id).unwrap();
            } else {
                there.push(at);
                edit.put(&definition(&MODELS[at]), false).unwrap();
            }
            snapshot = edit.finish().0;
            if ask_too {
                let _ = snapshot.resolve(&text, None, 0.0);
            }
        }
        there.sort_unstable_by_key(|at| std::cmp::Reverse(*at));
        let anew = of(there);
        for text in texts {
            prop_assert_eq!(told(&snapshot, &text), told(&anew, &text), "{}", text);
        }
    }

    /// An answer that is not called a relative or a slip has the letters and numbers of the text in its names.
    #[test]
    fn numbers_are_never_read_as_others(text in text()) {
        let snapshot = all();
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        if let (Some(id), Some(How::Exact | How::Alias | How::Folded | How::Typo), _) = ask(&snapshot, &text) {
            let (mut said, mut meant) = (digits(&text).into_bytes(), digits(&id).into_bytes());
            said.sort_unstable();
            // The first revision goes without saying.
            meant.sort_unstable();
            if !id.ends_with("-v1:0") && !text.ends_with("-v1:0") {
                prop_assert_eq!(said, meant, "{} {}", text, id);
            }
        }
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,40}") {
        let _ = all().resolve(&text, None, 0.0);
    }
}
