"""Makes a jar that Kotlin can be compiled against where Android's own is not to be had.

Two public descriptions of Android's API are put together. Python's type stubs (PyPI: chaquopy-stubs-android) know every class,
field and method with its types; TypeScript's (npm: @nativescript/types-android) know which classes are interfaces or abstract, and the
values of constants. Class files are written from that, bodies left out.

What this proves is types, never behaviour. Known gaps: a method that returns a long is taken for one that returns an int unless
LONGS names it, and protected members look public.
"""

import ast
import re
import struct
import zipfile
from collections import defaultdict
from pathlib import Path

# Both descriptions call these numbers. Only what the project uses is listed; a missing one shows as a type error.
LONGS = {
    "android.app.job.JobInfo.getFlexMillis",
    "android.app.job.JobInfo.getIntervalMillis",
    "android.net.Network.getNetworkHandle",
    "org.json.JSONObject.getLong",
    "org.json.JSONObject.optLong",
}

OBJECT = "Ljava/lang/Object;"
PRIMITIVES = {
    "jint": "I", "jlong": "J", "jshort": "S", "jbyte": "B", "jchar": "C", "jboolean": "Z", "jfloat": "F", "jdouble": "D",
}
ARRAYS = {f"JavaArrayJ{name[1:].capitalize()}": f"[{code}" for name, code in PRIMITIVES.items()}
PLAIN = {"int": "I", "bool": "Z", "float": "F", "str": "Ljava/lang/String;", "typing.Any": OBJECT, "object": OBJECT}
BOXES = {
    "I": "Ljava/lang/Integer;", "J": "Ljava/lang/Long;", "Z": "Ljava/lang/Boolean;", "F": "Ljava/lang/Float;",
    "D": "Ljava/lang/Double;", "S": "Ljava/lang/Short;", "B": "Ljava/lang/Byte;", "C": "Ljava/lang/Character;",
}
# Interfaces of the JDK that classes of Android implement; others count as classes.
JDK_INTERFACES = re.compile(
    r"java\.(lang\.(AutoCloseable|Appendable|CharSequence|Cloneable|Comparable|Iterable|Readable|Runnable|annotation\.Annotation)"
    r"|io\.(Closeable|Externalizable|Flushable|Serializable|DataInput|DataOutput|ObjectInput|ObjectOutput)"
    r"|util\.(Collection|Comparator|Enumeration|EventListener|Iterator|List|ListIterator|Map|Queue|Set|SortedMap|SortedSet)"
    r"|util\.(function|stream)\..*|util\.concurrent\.(Callable|Executor|ExecutorService|Future)"
    r"|nio\.channels\..*Channel|security\.(Key|PrivateKey|PublicKey|Principal)|security\.spec\..*Spec"
    r"|lang\.reflect\.(Type|AnnotatedElement|InvocationHandler)|util\.Map\.Entry)$"
)


class TypeScript:
    """What the TypeScript description knows."""

    def __init__(self, path):
        self.interfaces, self.abstract, self.constants, self.known = defaultdict(set), set(), {}, set()
        scope, interface_next, implementing = [], False, None
        for line in Path(path).open(encoding="utf8"):
            text = line.strip()
            if implementing is not None:
                if text.startswith("})"):
                    implementing = None
                elif name := re.match(r"(\w+)\(", text):
                    self.interfaces[implementing].add(name[1])
            elif text.startswith(("/*", "*")):
                interface_next |= "interface with the provided implementation" in text
            elif found := re.match(r"(?:declare |export )*(abstract )?(module|namespace|class) ([\w$]+).*\{$", text):
                scope.append(found[3])
                if found[2] == "class":
                    name = ".".join(scope)
                    self.known.add(name)
                    if found[1]:
                        self.abstract.add(name)
            elif text.startswith("}"):
                del scope[-1:]
            elif text:
                owner = ".".join(scope)
                if interface_next and text.startswith("public constructor(implementation"):
                    self.interfaces.setdefault(owner, set())
                    implementing = None if text.endswith("});") else owner
                elif value := re.match(r'public static (\w+): ("(?:.*)"|-?\d+);', text):
                    self.constants[f"{owner}.{value[1]}"] = value[2]
                interface_next = False


class Pool:
    """A class file's constants, each written once."""

    def __init__(self):
        self.numbers, self.bytes, self.next = {}, bytearray(), 1

    def add(self, tag, data, slots=1):
        key = (tag, data)
        if key not in self.numbers:
            self.numbers[key] = self.next
            self.bytes += bytes([tag]) + data
            self.next += slots
        return self.numbers[key]

    def text(self, text):
        data = text.encode()
        return self.add(1, struct.pack(">H", len(data)) + data)

    def type(self, name):
        return self.add(7, struct.pack(">H", self.text(name)))

    def value(self, literal):
        """The constant, and the type that its field has for it."""
        if literal.startswith('"'):
            return self.add(8, struct.pack(">H", self.text(literal[1:-1]))), "Ljava/lang/String;"
        number = int(literal)
        if -(2**31) <= number < 2**31:
            return self.add(3, struct.pack(">i", number)), "I"
        return self.add(5, struct.pack(">q", number), slots=2), "J"

    def attribute(self, name, data):
        return struct.pack(">HI", self.text(name), len(data)) + data


class Stubs:
    def __init__(self, python, typescript):
        self.facts = TypeScript(typescript)
        self.classes, self.variables = {}, {}
        for folder in sorted(Path(python).glob("*-stubs")):
            # The JDK has its own.
            if folder.name in ("java-stubs", "javax-stubs"):
                continue
            for file in folder.rglob("__init__.pyi"):
                package = ".".join(file.parent.relative_to(python).parts).replace("-stubs", "", 1)
                self.collect(package, ast.parse(file.read_text(encoding="utf8")).body, [])
        for name in self.classes:
            if name not in self.facts.known:
                self.guess(name)

    def collect(self, package, body, outer):
        for node in body:
            if isinstance(node, ast.ClassDef):
                nest = [*outer, node.name]
                self.classes[".".join([package, *nest])] = (package, nest, node)
                self.collect(package, node.body, nest)
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                bound = next((word.value for word in node.value.keywords if word.arg == "bound"), None)
                self.variables[package, node.targets[0].id] = bound

    def guess(self, name):
        """Some packages are missing in the TypeScript. There, methods without a body tell what a class is."""
        _, _, node = self.classes[name]
        methods = [member for member in node.body if isinstance(member, ast.FunctionDef)]
        bodiless = {method.name for method in methods if nameless(method)}
        if bodiless and all(method.name != "__init__" and (nameless(method) or len(arguments_of(method)) < 2) for method in methods):
            self.facts.interfaces[name] = {method.name for method in methods}
        elif bodiless:
            self.facts.abstract.add(name)

    def write(self, jar):
        with zipfile.ZipFile(jar, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
            for name in self.classes:
                out.writestr(self.binary(name) + ".class", self.emit(name))

    # Names and types

    def binary(self, name):
        if name in self.classes:
            package, nest, _ = self.classes[name]
            return package.replace(".", "/") + "/" + "$".join(nest)
        parts = name.split(".")
        first = next((at for at, part in enumerate(parts) if part[:1].isupper()), len(parts) - 1)
        return "/".join([*parts[:first], "$".join(parts[first:])])

    def resolve(self, name, package, nest):
        for depth in range(len(nest), -1, -1):
            inner = ".".join([package, *nest[:depth], name])
            if inner in self.classes:
                return inner
        return name

    def type(self, node, at):
        """A type's descriptor, its generic signature, and whether it may be null."""
        package, nest, scope = at
        choices, nullable = [], False
        for part in alternatives(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                part = ast.parse(part.value, mode="eval").body
            if isinstance(part, ast.Constant) and part.value is None:
                nullable = True
            else:
                choices.append(part)
        if not choices:
            return "V", "V", False
        names = [dotted(choice) for choice in choices]
        if len(names) > 1 and "java.lang.Object" in names:
            return OBJECT, OBJECT, nullable
        for name in names:
            if name and name.split(".")[-1] in PRIMITIVES:
                code = PRIMITIVES[name.split(".")[-1]]
                return code, code, False
        chosen, name = choices[-1], names[-1]
        if name in PLAIN:
            code = PLAIN[name]
            code = BOXES.get(code, code) if nullable else code
            return code, code, nullable
        if name in scope:
            letter, bound = scope[name]
            return bound, f"T{letter};", nullable
        if isinstance(chosen, ast.Subscript):
            return *self.generic(chosen, at), nullable
        if name is None or (package, name) in self.variables:
            return OBJECT, OBJECT, nullable
        array = ARRAYS.get(name.split(".")[-1])
        code = array or f"L{self.binary(self.resolve(name, package, nest))};"
        return code, code, nullable

    def generic(self, node, at):
        package, nest, _ = at
        base = dotted(node.value)
        arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if base.endswith("JavaArray") or base == "typing.Sequence":
            code, signature, _ = self.type(arguments[0], at)
            return f"[{code}", f"[{signature}"
        if base == "typing.Callable":
            return OBJECT, OBJECT
        base = "java.lang.Class" if base == "typing.Type" else base
        name = self.binary(self.resolve(base, package, nest))
        inside = ""
        for argument in arguments:
            signature = self.type(argument, at)[1]
            wild = signature == "V" or (base == "java.lang.Class" and signature == OBJECT)
            inside += "*" if wild else BOXES.get(signature, signature)
        return f"L{name};", f"L{name}<{inside}>;"

    # Class files

    def is_interface(self, binary):
        name = binary.replace("/", ".").replace("$", ".")
        return name in self.facts.interfaces or bool(JDK_INTERFACES.match(name))

    def emit(self, name):
        package, nest, node = self.classes[name]
        pool, interface = Pool(), name in self.facts.interfaces
        abstract = name in self.facts.abstract
        scope, letters = {}, []
        for base in node.bases:
            if isinstance(base, ast.Subscript) and dotted(base.value) == "typing.Generic":
                for argument in base.slice.elts if isinstance(base.slice, ast.Tuple) else [base.slice]:
                    variable = dotted(argument)
                    letters.append(variable.split("__")[-1])
                    scope[variable] = (letters[-1], OBJECT)
        parent, above = ("java/lang/Object", OBJECT), []
        for base in node.bases:
            if isinstance(base, ast.Subscript) and dotted(base.value) == "typing.Generic":
                continue
            code, signature, _ = self.type(base, (package, nest[:-1], scope))
            if code == OBJECT:
                continue
            if interface or self.is_interface(code[1:-1]) or parent[0] != "java/lang/Object":
                above.append((code[1:-1], signature))
            else:
                parent = (code[1:-1], signature)

        fields, methods, seen = [], [], set()
        for member in node.body:
            at = (package, nest, scope)
            if isinstance(member, ast.AnnAssign):
                fields.append(self.field(pool, name, member, at))
            elif isinstance(member, ast.FunctionDef):
                if method := self.method(pool, name, member, at, interface, abstract, seen):
                    methods.append(method)

        attributes = []
        if inner := self.inner(pool, name):
            attributes.append(inner)
        if letters or "<" in parent[1] + "".join(signature for _, signature in above):
            formal = "".join(f"{letter}:{OBJECT}" for letter in letters)
            whole = (f"<{formal}>" if formal else "") + parent[1] + "".join(signature for _, signature in above)
            attributes.append(pool.attribute("Signature", struct.pack(">H", pool.text(whole))))
        access = 0x0601 if interface else 0x0421 if abstract else 0x0021
        if any(one == "java/lang/annotation/Annotation" for one, _ in above):
            access |= 0x2000
        head = struct.pack(">HHH", access, pool.type(self.binary(name)), pool.type(parent[0]))
        head += table([struct.pack(">H", pool.type(one)) for one, _ in above])
        tail = table(fields) + table(methods) + table(attributes)
        return struct.pack(">IHHH", 0xCAFEBABE, 0, 52, pool.next) + bytes(pool.bytes) + head + tail

    def field(self, pool, owner, node, at):
        annotation, static = node.annotation, False
        if isinstance(annotation, ast.Subscript) and dotted(annotation.value) == "typing.ClassVar":
            annotation, static = annotation.slice, True
        code, signature, _ = self.type(annotation, at)
        attributes = []
        literal = self.facts.constants.get(f"{owner}.{node.target.id}")
        if static and literal is not None and code in ("I", "Ljava/lang/String;"):
            number, code = pool.value(literal)
            signature = code
            attributes.append(pool.attribute("ConstantValue", struct.pack(">H", number)))
        if signature != code:
            attributes.append(pool.attribute("Signature", struct.pack(">H", pool.text(signature))))
        access = 0x0019 if static else 0x0001
        return struct.pack(">HHH", access, pool.text(node.target.id), pool.text(code)) + table(attributes)

    def method(self, pool, owner, node, at, interface, abstract_class, seen):
        package, nest, outer = at
        constructor = node.name == "__init__"
        if node.name.startswith("__") and (interface or not constructor):
            return None
        static = any(dotted(mark) == "staticmethod" for mark in node.decorator_list)
        parameters = arguments_of(node)[0 if static else 1:]
        scope, formal = dict(outer), ""
        for used in ast.walk(node):
            if isinstance(used, ast.Name) and (package, used.id) in self.variables and used.id not in scope:
                bound = self.variables[package, used.id]
                code = self.type(bound, (package, nest, outer))[0] if bound is not None else OBJECT
                scope[used.id] = (used.id.split("__")[-1], code)
                formal += f"{scope[used.id][0]}:{code}"
        at = (package, nest, scope)
        types = [self.type(parameter.annotation, at) for parameter in parameters]
        if node.args.vararg:
            code, signature, _ = self.type(node.args.vararg.annotation, at)
            types.append((f"[{code}", f"[{signature}", False))
        result, signature, nullable = self.type(node.returns, at)
        if f"{owner}.{node.name}" in LONGS:
            result = signature = "J"
        if constructor:
            result = signature = "V"
        name = "<init>" if constructor else node.name
        code = f"({''.join(one for one, _, _ in types)}){result}"
        if (name, code) in seen:
            return None
        seen.add((name, code))

        silent = len(parameters) == 0 and not node.args.vararg
        if static or constructor:
            bodiless = False
        elif interface:
            bodiless = nameless(node) or (silent and node.name in self.facts.interfaces[owner])
        else:
            bodiless = abstract_class and nameless(node)
        attributes = []
        if not bodiless:
            # Throws null.
            attributes.append(pool.attribute("Code", struct.pack(">HHIBBHH", 2, 2 * len(types) + 1, 2, 0x01, 0xBF, 0, 0)))
        whole = (f"<{formal}>" if formal else "") + f"({''.join(one for _, one, _ in types)}){signature}"
        if whole != code:
            attributes.append(pool.attribute("Signature", struct.pack(">H", pool.text(whole))))
        if nullable and result[0] in "L[":
            mark = pool.text("Lorg/jetbrains/annotations/Nullable;")
            attributes.append(pool.attribute("RuntimeInvisibleAnnotations", struct.pack(">HHH", 1, mark, 0)))
        access = 0x0001 | (0x0008 if static else 0) | (0x0400 if bodiless else 0) | (0x0080 if node.args.vararg else 0)
        return struct.pack(">HHH", access, pool.text(name), pool.text(code)) + table(attributes)

    def inner(self, pool, name):
        package, nest, node = self.classes[name]
        chain = [".".join([package, *nest[:depth]]) for depth in range(2, len(nest) + 1)]
        chain += [f"{name}.{child.name}" for child in node.body if isinstance(child, ast.ClassDef)]
        rows = []
        for one in chain:
            outer, simple = one.rsplit(".", 1)
            access = 0x0609 if one in self.facts.interfaces else 0x0409 if one in self.facts.abstract else 0x0009
            names = (pool.type(self.binary(one)), pool.type(self.binary(outer)), pool.text(simple))
            rows.append(struct.pack(">HHHH", *names, access))
        return pool.attribute("InnerClasses", table(rows)) if rows else None


def arguments_of(method):
    return [*method.args.posonlyargs, *method.args.args]


def nameless(method):
    """A method without a body keeps no names of its parameters. Those that have none cannot be told."""
    return any(re.fullmatch(r"arg\d+", one.arg) for one in arguments_of(method))


def table(rows):
    return struct.pack(">H", len(rows)) + b"".join(rows)


def alternatives(node):
    if isinstance(node, ast.BinOp):
        return [*alternatives(node.left), *alternatives(node.right)]
    return [node]


def dotted(node):
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return None
