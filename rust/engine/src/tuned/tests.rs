use proptest::prelude::*;

use super::*;

fn markers() -> Markers {
    serde_json::from_str(include_str!("../../../../python/modeldex/schema/tuned.json")).unwrap()
}

/// `base | owner | suffix | id | date or step | front`, `-` where nothing is said.
fn read(tuned: Option<Tuned<'_>>) -> String {
    let Some(tuned) = tuned else { return "none".into() };
    let parts = [tuned.base, tuned.owner, tuned.suffix, tuned.id, tuned.date.or(tuned.step), tuned.front];
    parts.map(|part| part.unwrap_or("-")).join(" | ")
}

#[test]
fn real_ids_are_read() {
    let hex = "0ab3f80e4f2242929258fff45b56a9ce";
    let table = [
        // OpenAI
        ("ft:gpt-4o-2024-08-06:org:suffix:9NG2I8g6", "gpt-4o-2024-08-06 | org | suffix | 9NG2I8g6 | - | -"),
        ("ft:gpt-3.5-turbo-0125:martin-seeler::9NG2I8g6", "gpt-3.5-turbo-0125 | martin-seeler | - | 9NG2I8g6 | - | -"),
        (
            "ft:gpt-4o-mini-2024-07-18:jamie-date:human-chat:CIbbXDDz:ckpt-step-34",
            "gpt-4o-mini-2024-07-18 | jamie-date | human-chat | CIbbXDDz | 34 | -",
        ),
        (
            "ft:gpt-4o-2024-08-06:personal::AEk9daX3:ckpt-step-1956",
            "gpt-4o-2024-08-06 | personal | - | AEk9daX3 | 1956 | -",
        ),
        ("ft:gpt-4o", "gpt-4o | - | - | - | - | -"),
        ("ft:gpt-4o:org", "gpt-4o | org | - | - | - | -"),
        ("ft:gpt-4o:org:suffix", "gpt-4o | org | suffix | - | - | -"),
        ("FT:GPT-4o:Org::ID", "GPT-4o | Org | - | ID | - | -"),
        ("openai/ft:gpt-4o:org::id", "gpt-4o | org | - | id | - | openai"),
        ("openrouter/openai/ft:gpt-4o", "gpt-4o | - | - | - | - | openrouter/openai"),
        ("ft:openai/gpt-oss-120b:myorg::abc123", "openai/gpt-oss-120b | myorg | - | abc123 | - | -"),
        ("ft:llama3.1:8b:org::id", "llama3.1:8b | org | - | id | - | -"),
        ("ft:gpt-4o:::", "gpt-4o | - | - | - | - | -"),
        // OpenAI until 2023
        (
            "davinci:ft-be-growth:gc-model-v6-lr0-05-2023-03-31-13-59-13",
            "davinci | be-growth | gc-model-v6-lr0-05 | - | 2023-03-31-13-59-13 | -",
        ),
        ("curie:ft-personal-2022-04-28-18-40-02", "curie | personal | - | - | 2022-04-28-18-40-02 | -"),
        ("davinci:ft-your-custom-model", "davinci | your-custom-model | - | - | - | -"),
        // Mistral
        ("ft:open-mistral-7b:587a6b29:20240514:7e773925", "open-mistral-7b | 587a6b29 | - | 7e773925 | 20240514 | -"),
        ("ft:open-mistral-7b:my-model:abc123", "open-mistral-7b | my-model | abc123 | - | - | -"),
        // Together
        (
            "acme_24ae/Meta-Llama-3.1-8B-Instruct-Reference-ft-lines-417bfc68",
            "Meta-Llama-3.1-8B-Instruct | acme_24ae | ft-lines | 417bfc68 | - | -",
        ),
        (
            "acme/Llama-3.3-70B-Instruct-Reference-8b98da31-79f56385",
            "Llama-3.3-70B-Instruct | acme | - | 8b98da31 | - | -",
        ),
        (
            "together_ai/acme/Meta-Llama-3.1-70B-Instruct-Reference-multi-us-it1-c40bfde9-1119df65",
            "Meta-Llama-3.1-70B-Instruct | acme | multi-us-it1 | c40bfde9 | - | together_ai",
        ),
        (
            "acme/DeepSeek-R1-Distill-Qwen-1.5B-577a57b6-c9b1c7fa",
            "DeepSeek-R1-Distill-Qwen-1.5B | acme | - | 577a57b6 | - | -",
        ),
        // Bedrock
        (
            "arn:aws:bedrock:us-east-1:123456789012:custom-model/anthropic.claude-3-haiku-20240307-v1:0:48k/a1b2c3d4e5f6",
            "anthropic.claude-3-haiku-20240307-v1:0:48k | 123456789012 | - | a1b2c3d4e5f6 | - | -",
        ),
        (
            "bedrock/arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:custom-model/amazon.titan-text-lite-v1:0:4k/x1",
            "amazon.titan-text-lite-v1:0:4k | 123456789012 | - | x1 | - | bedrock",
        ),
        ("arn:aws:bedrock:us-east-1:1:imported-model/r4c4kewx2s0n", "- | 1 | - | r4c4kewx2s0n | - | -"),
        ("arn:aws:bedrock:us-east-1:1:provisioned-model/abc", "- | 1 | - | abc | - | -"),
        // Others that do not say their base
        ("acbd1234-ab12-4d56-8f90-0123456789ab-ft", "- | - | - | acbd1234-ab12-4d56-8f90-0123456789ab | - | -"),
        ("accounts/acme/models/ft-abc", "- | acme | - | abc | - | -"),
        ("tunedModels/lines-a1b2", "- | - | - | lines-a1b2 | - | -"),
        ("projects/p/locations/us-central1/models/4321", "- | p | - | 4321 | - | -"),
        // Adapters
        ("lora:llama-3.1-8b:sql", "llama-3.1-8b | - | sql | - | - | -"),
        ("llama3.1:lora-sql", "llama3.1 | - | sql | - | - | -"),
        ("meta-llama/Llama-3.1-8B-Instruct:sql-lora", "meta-llama/Llama-3.1-8B-Instruct | - | sql | - | - | -"),
        ("llama-3.1-8b+sql", "llama-3.1-8b | - | sql | - | - | -"),
        ("@cf/mistral/mistral-7b-instruct-v0.2-lora", "@cf/mistral/mistral-7b-instruct-v0.2 | - | - | - | - | -"),
    ];
    let markers = markers();
    for (text, expected) in table {
        assert_eq!(read(markers.tuned(text)), expected, "{text}");
    }
    let azure = format!("gpt-35-turbo-0613.ft-{hex}");
    assert_eq!(read(markers.tuned(&azure)), format!("gpt-35-turbo-0613 | - | - | {hex} | - | -"));
    let azure = format!("azure/gpt-4o-2024-08-06.ft-{hex}-my-lines");
    assert_eq!(read(markers.tuned(&azure)), format!("azure/gpt-4o-2024-08-06 | - | my-lines | {hex} | - | -"));
}

#[test]
fn other_ids_are_none() {
    let markers = markers();
    let long = format!("ft:{}", "a".repeat(MAX_NAME_BYTES));
    for text in [
        "",
        "-",
        ":",
        "ft",
        "ft:",
        "ft::",
        "ft:/",
        "::::",
        "gpt-4o",
        "llama3.1:8b",
        "meta-llama/Llama-3.1-8B-Instruct:sql",
        "draft:gpt-4o",
        "mft:gpt-4o",
        "gpt-4o.ft-short",
        "acme/model-20240514",
        "acme/model-20240514-20240515",
        "acme/model-deadbeef",
        "openai/gpt-4o:free",
        "explora",
        "us.anthropic.claude-3-5-sonnet-20241022-v2:0",
        "accounts/fireworks/models/llama-v3p1-8b-instruct",
        "ft:gpt 4o",
        "ft:gpt-4o\u{a0}",
        "ft:gpt-4o\0",
        &long,
    ] {
        assert_eq!(read(markers.tuned(text)), "none", "{text:?}");
    }
}

#[test]
fn resources_lead_to_a_model() {
    let markers = markers();
    for (text, expected) in [
        ("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2:1", Some("anthropic.claude-v2:1")),
        (
            "bedrock/arn:aws:bedrock:eu-west-1:1:inference-profile/eu.amazon.nova-pro-v1:0",
            Some("eu.amazon.nova-pro-v1:0"),
        ),
        ("arn:aws:bedrock:us-east-1:1:application-inference-profile/abc", None),
        ("arn:aws:bedrock:us-east-1:1:custom-model/amazon.titan-text-lite-v1:0:4k/x1", None),
        ("projects/p/locations/l/publishers/google/models/gemini-1.5-pro", Some("gemini-1.5-pro")),
        ("publishers/google/models/gemini-1.5-pro@001", Some("gemini-1.5-pro@001")),
        ("accounts/a/models/m#accounts/z/deployments/d", Some("accounts/a/models/m")),
        ("gpt-4o", None),
        ("publishers/google/models/", None),
    ] {
        assert_eq!(markers.resource(text), expected, "{text}");
    }
}

#[test]
fn every_reading_is_given() {
    let markers = markers();
    let bases = |text| markers.readings(text).map(|tuned| tuned.base.unwrap_or("-")).collect::<Vec<_>>().join(" ");
    assert_eq!(bases("ft:llama3.1:8b"), "llama3.1 llama3.1:8b");
    assert_eq!(bases("ft:llama3.1:8b:org"), "llama3.1 llama3.1:8b llama3.1:8b:org");
    assert_eq!(markers.tuned("openai/ft:gpt-4o:org::id").unwrap().head, "openai/ft:gpt-4o");
    assert_eq!(markers.tuned("ft:gpt-4o").unwrap().head, "ft:gpt-4o");
}

#[test]
fn a_form_that_cannot_be_read_is_refused() {
    for form in [
        "",
        "ft:",
        "{base",
        "}",
        "{name}",
        "{base}{owner}",
        "{base}*",
        "{base}:{base}",
        "{id:q8}",
        "{id:x}",
        "{id:x0}",
        "{é}",
        "é",
    ] {
        assert!(Markers::new(&[("tuned", &[form])], &[]).is_err(), "{form}");
        assert!(Markers::new(&[], &[form]).is_err(), "{form}");
    }
    assert!(serde_json::from_str::<Markers>(r#"{"tuned": [], "resources": ["{base"]}"#).is_err());
}

/// The readings by trying every border: which texts of the parts put together give the text?
fn slow(form: &[&str], text: &str) -> bool {
    let Some((piece, rest)) = form.split_first() else { return text.is_empty() };
    if let Some(part) = piece.strip_prefix('{') {
        let fits = |value: &str| match part {
            "base}" => value.chars().any(char::is_alphanumeric),
            _ => !value.is_empty() && !value.contains([':', '/', '#']),
        };
        let mut borders = (0..=text.len()).filter(|&at| text.is_char_boundary(at));
        return borders.any(|at| fits(&text[..at]) && slow(rest, &text[at..]));
    }
    let same = text.get(..piece.len()).is_some_and(|start| start.eq_ignore_ascii_case(piece));
    same && slow(rest, &text[piece.len()..])
}

proptest! {
    #[test]
    fn nothing_panics_and_every_part_is_a_piece(text in r"(ft:|openai/|arn:aws:bedrock:|a|8b|:|/|-|#|\.ft-|é|lora|-Reference-|[0-9a-f]{8}|ckpt-step-){0,12}") {
        let markers = markers();
        for tuned in markers.readings(&text) {
            for part in [tuned.base, tuned.owner, tuned.suffix, tuned.id, tuned.date, tuned.step, tuned.front, Some(tuned.head)] {
                prop_assert!(part.is_none_or(|part| !part.is_empty() && text.contains(part)));
            }
            prop_assert!(tuned.base.is_none_or(|base| tuned.head.ends_with(base)));
        }
        prop_assert_eq!(markers.readings(&text).next(), markers.tuned(&text));
        if let Some(base) = markers.resource(&text) {
            prop_assert!(text.contains(base));
        }
    }

    #[test]
    fn anything_is_read_without_harm(text in any::<String>()) {
        let markers = markers();
        prop_assert!(markers.readings(&text).count() <= 48);
        let _ = markers.resource(&text);
    }

    #[test]
    fn what_was_put_together_comes_apart(
        base in "[a-zA-Z0-9.:/-]{0,20}[a-z]", owner in "[a-z0-9-]{0,8}", suffix in "[a-z0-9-]{0,8}", id in "[a-zA-Z]{0,8}",
    ) {
        let text = format!("ft:{base}:{owner}:{suffix}:{id}");
        let markers = Markers::new(&[("tuned", &["ft:{base}:{owner?}:{suffix?}:{id?}"])], &[]).unwrap();
        let tuned = markers.tuned(&text).unwrap();
        prop_assert_eq!(tuned.base, Some(&*base));
        prop_assert_eq!(tuned.owner.unwrap_or(""), owner);
        prop_assert_eq!(tuned.suffix.unwrap_or(""), suffix);
        prop_assert_eq!(tuned.id.unwrap_or(""), id);
    }

    #[test]
    fn a_form_fits_where_trying_every_border_does(text in "(F?t|:|-|/|a|é){0,9}") {
        for form in [&["ft:", "{base}", ":", "{id}"][..], &["{base}", ":ft-", "{id}"], &["ft-", "{base}", ":", "{owner}", ":", "{id}"]] {
            let markers = Markers::new(&[("tuned", &[&form.concat()])], &[]).unwrap();
            // A form that begins with text may stand behind a path.
            let paths = text.match_indices('/').map(|(at, _)| at + 1).take(if form[0].starts_with('{') { 0 } else { 9 });
            let expected = std::iter::once(0).chain(paths).any(|at| slow(form, &text[at..]));
            prop_assert_eq!(markers.tuned(&text).is_some(), expected, "{:?} {}", form, text);
        }
    }
}
