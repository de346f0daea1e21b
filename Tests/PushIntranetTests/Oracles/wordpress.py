"""Runs Debian's WordPress on loopback until standard input ends: `wordpress.py DIR`.

A copy of the package's files with a configuration of its own, PHP's built-in server, and a MariaDB of its own without a network, as
whoever calls this. DIR/ready.json says where it is, and the user with an application password that posts may be made with.
"""
import glob, json, os, shutil, signal, socket, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = "/usr/share/wordpress"


def main(folder):
    site, data = folder + "/site", folder + "/mysql"
    shutil.copytree(SOURCE, site, ignore_dangling_symlinks=True, ignore=shutil.ignore_patterns("wp-config.php", "wp-content"))
    os.makedirs(site + "/wp-content/uploads")
    # The socket's path has 107 bytes at most.
    database = folder + "/db.sock"
    port = free_port()
    with open(site + "/wp-config.php", "w") as file:
        file.write(CONFIGURATION % {"socket": database, "url": f"http://127.0.0.1:{port}"})
    children = []
    try:
        user = ["--user=root"] if os.geteuid() == 0 else []
        log = open(folder + "/log", "ab")
        quiet = dict(stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        subprocess.run(
            ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db"]
            + user, check=True, **quiet)
        children.append(subprocess.Popen(
            [program("mariadbd"), "--no-defaults", f"--datadir={data}", f"--socket={database}", "--skip-networking", "--pid-file=" + data + "/pid",
             "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M"] + user, **quiet))
        wait_for(lambda: os.path.exists(database), children)
        subprocess.run(
            [program("mariadb"), "--no-defaults", f"--socket={database}", "--user=root", "--execute=CREATE DATABASE wordpress"],
            check=True, **quiet)
        made = subprocess.run(
            ["php", "-d", "display_errors=stderr", HERE + "/wordpress_install.php", site], check=True, stdout=subprocess.PIPE, stderr=log)
        children.append(subprocess.Popen(
            ["php", "-S", f"127.0.0.1:{port}", "-t", site, HERE + "/wordpress_router.php"], **quiet))
        wait_for(lambda: answers(port), children)
        ready = json.loads(made.stdout.decode().splitlines()[-1])
        ready["url"] = f"http://127.0.0.1:{port}/wp-json"
        with open(folder + "/ready.json.part", "w") as file:
            json.dump(ready, file)
        os.rename(folder + "/ready.json.part", folder + "/ready.json")
        sys.stdin.read()
    finally:
        for child in reversed(children):
            child.send_signal(signal.SIGTERM)
        for child in children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()


def program(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/bin")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def wait_for(is_true, children):
    end = time.monotonic() + 60
    while not is_true():
        if time.monotonic() > end or any(child.poll() is not None for child in children):
            raise SystemExit("it does not come up")
        time.sleep(0.05)


CONFIGURATION = """<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', ''); define('DB_HOST', 'localhost:%(socket)s');
define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', '%(url)s'); define('WP_SITEURL', '%(url)s');
// Application passwords are for TLS, or for a site that says it is somebody's own machine.
define('WP_ENVIRONMENT_TYPE', 'local');
define('DISABLE_WP_CRON', true); define('WP_HTTP_BLOCK_EXTERNAL', true); define('AUTOMATIC_UPDATER_DISABLED', true);
define('AUTH_KEY', 'a'); define('SECURE_AUTH_KEY', 'b'); define('LOGGED_IN_KEY', 'c'); define('NONCE_KEY', 'd');
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""

if __name__ == "__main__":
    main(sys.argv[1])
