<?php
// Installs the site in the folder that is named, and makes an editor with an application password; prints both as JSON.
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = '127.0.0.1';
$_SERVER['REQUEST_URI'] = '/';
$_SERVER['PHP_SELF'] = '/index.php';
// Nobody is to be mailed.
function wp_mail() { return true; }
require $argv[1] . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Intranet', 'admin', 'admin@koege.example', false, '', wp_generate_password());
global $wp_rewrite;
$wp_rewrite->set_permalink_structure('/%postname%/');
$wp_rewrite->flush_rules(false);
$editor = wp_insert_user(['user_login' => 'nyhedsbrev', 'user_pass' => wp_generate_password(), 'user_email' => 'n@koege.example', 'role' => 'editor']);
list($password) = WP_Application_Passwords::create_new_application_password($editor, ['name' => 'Budstikke']);
echo "\n", json_encode(['user' => 'nyhedsbrev', 'password' => $password]), "\n";
