"""What Zabbix makes of a status: reads the template, and /status.json from standard input, and prints values and alerts.

    zabbix-template.py Config/monitoring/zabbix-template.yaml <status.json

    item    KEY  VALUE
    alert   PRIORITY  NAME

It knows the JSONPath and the trigger functions that the template uses, and fails on any other, on an item without its
master, an identifier that occurs twice, a trigger whose item does not exist, and a path that finds nothing.
"""
import json
import re
import sys

import yaml


class Nothing(Exception):
    pass


def steps(path):
    """The steps of a JSONPath: a name, `*`, a filter, or a function at the end."""
    assert path.startswith("$"), path
    pattern = re.compile(r"\.(\w+)(\(\))?|\[\*\]|\[\?\((.*?)\)\]")
    at = 1
    while at < len(path):
        found = pattern.match(path, at)
        assert found, "cannot read %s at %d" % (path, at)
        at = found.end()
        if found[3] is not None:
            yield ("filter", found[3])
        elif found[0] == "[*]":
            yield ("each", None)
        else:
            yield ("function" if found[2] else "member", found[1])


def holds(condition, value):
    for part in condition.split("&&"):
        found = re.fullmatch(r'\s*@\.(\w+)\s*(==|!=|>)\s*("[^"]*"|\d+)\s*', part)
        assert found, "cannot read %s" % part
        wanted, actual = json.loads(found[3]), value[found[1]]
        if not {"==": actual == wanted, "!=": actual != wanted, ">": actual > wanted}[found[2]]:
            return False
    return True


def find(path, document):
    """A definite path gives one value; any other one gives an array, or what a function makes of it."""
    values, is_definite = [document], True
    for kind, what in steps(path):
        if kind == "member":
            values = [value[what] for value in values if isinstance(value, dict) and what in value]
        elif kind == "each":
            values, is_definite = [element for value in values for element in value], False
        elif kind == "filter":
            values = [element for value in values for element in value if holds(what, element)]
            is_definite = False
        else:
            if not values:
                raise Nothing(path)
            return {"first": lambda: values[0], "sum": lambda: sum(values), "min": lambda: min(values),
                    "max": lambda: max(values), "length": lambda: len(values)}[what]()
    if not values:
        raise Nothing(path)
    return values[0] if is_definite else values


def value_of(item, document):
    value = document
    for step in item["preprocessing"]:
        if step["type"] == "JSONPATH":
            try:
                value = find(step["parameters"][0], value)
            except Nothing:
                assert step.get("error_handler") == "CUSTOM_VALUE", "%s finds nothing" % item["key"]
                value = step["error_handler_params"]
        else:
            assert step["type"] in ("CHANGE_PER_SECOND", "DISCARD_UNCHANGED_HEARTBEAT"), step["type"]
    return value


def fires(expression, host, values):
    """Whether a trigger is in the state problem if the values have been what they are for long."""
    result = True
    for part in expression.split(" and "):
        found = re.fullmatch(r'(\w+)\(/%s/(.*?)((?:,[^)]*(?:\([^)]*\)[^)]*)*)?)\)(=|<>)("[^"]*"|\d+)' % re.escape(host), part)
        assert found, "cannot read %s" % part
        function, key, arguments, operator, wanted = found.groups()
        value, wanted = values[key], json.loads(wanted)
        if function == "nodata":
            value = 0
        elif function == "find":
            value = int(bool(re.search(json.loads(arguments.split(',"regexp",')[1]), value)))
        else:
            assert function in ("last", "min"), function
            if isinstance(wanted, int):
                value = int(value)
        result = result and ((value == wanted) == (operator == "="))
    return result


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        export = yaml.safe_load(file)["zabbix_export"]
    document = json.load(sys.stdin)
    assert export["version"] == "6.0"
    (template,) = export["templates"]

    def walk(node):
        if isinstance(node, dict):
            if "uuid" in node:
                assert re.fullmatch(r"[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}", node["uuid"]), node["uuid"]
                uuids.append(node["uuid"])
            node = list(node.values())
        for child in node if isinstance(node, list) else []:
            walk(child)

    uuids = []
    walk(export)
    assert len(uuids) == len(set(uuids)), "a uuid occurs twice"
    (master,) = [item for item in template["items"] if item["type"] == "HTTP_AGENT"]
    assert master["url"].endswith("/status.json")
    items = [item for item in template["items"] if item is not master]
    triggers = [trigger for item in items for trigger in item.get("triggers", [])]
    for rule in template["discovery_rules"]:
        assert rule["type"] == "DEPENDENT" and rule["master_item"]["key"] == master["key"]
        (macro,) = rule["lld_macro_paths"]
        for row in value_of(rule, document):
            text = json.dumps(rule["item_prototypes"]).replace(macro["lld_macro"], find(macro["path"], row))
            found = json.loads(text)
            items += found
            triggers += [trigger for item in found for trigger in item.get("trigger_prototypes", [])]
    values = {}
    for item in items:
        assert item["type"] == "DEPENDENT" and item["master_item"]["key"] == master["key"], item["key"]
        assert item["key"] not in values, "%s occurs twice" % item["key"]
        values[item["key"]] = value_of(item, document)
    for key, value in values.items():
        print("item", key, value if isinstance(value, str) else json.dumps(value), sep="\t")
    for trigger in triggers:
        if fires(trigger["expression"], template["template"], values):
            print("alert", trigger["priority"], trigger["name"], sep="\t")


main()
