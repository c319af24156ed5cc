import type { AttackKind } from './strict-options.ts';

/** A piece of a path that only attacks ask for. The path is in lower case, decoded, and ends with a slash. */
export interface PathSignal {
  readonly word: string;
  readonly kind: AttackKind;
  /** Where the word may stand; `prefix`: at the beginning of a path. Default: anywhere. */
  readonly at: 'anywhere' | 'prefix';
}

function pieces(kind: AttackKind, at: PathSignal['at'], words: string): PathSignal[] {
  return words
    .trim()
    .split(/\s+/)
    .map((word) => ({ word, kind, at }));
}

/** Files and folders that begin with a dot, tools and applications that are looked for by their weaknesses. */
export const pathSignals: readonly PathSignal[] = [
  ...pieces(
    'dotfiles',
    'anywhere',
    `/.git/ /.gitconfig/ /.git-credentials/ /.gitlab-ci.yml/ /.svn/ /.hg/ /.bzr/ /.cvs/ /.env/ /.env. /.env_ /.env- /.env~ /.envrc/ /.aws/ /.azure/ /.gcloud/ /.config/gcloud
 /.ssh/ /.gnupg/ /.htaccess /.htpasswd /.htdigest /.ds_store/ /.npmrc/ /.yarnrc /.pypirc/ /.netrc/ /.pgpass/ /.my.cnf/ /.s3cfg/ /.boto/ /.dockercfg/
 /.docker/ /.dockerenv/ /.kube/ /.vscode/ /.idea/ /.bash_ /.bashrc/ /.zsh_history/ /.zshrc/ /.mysql_history/ /.psql_history/ /.viminfo/ /.terraform/
 /.tfstate /.ftpconfig/ /.remote-sync.json/ /.sftp-config /.passwd/ /.rediscli_history/ /.subversion/ /.composer/auth.json /.well-known.
 /.ash_history/ /.sh_history/ /.esmtprc/ /.credentials/ /.secrets/ /.jenkins/ /.local/share/ /.vault-token/ /id_rsa/ /id_dsa/ /id_ed25519/`,
  ),
  ...pieces(
    'java',
    'anywhere',
    `/web-inf/ /meta-inf/ /actuator/env /actuator/heapdump /actuator/gateway /actuator/threaddump /actuator/mappings /actuator/configprops /actuator/logfile /actuator/shutdown
 /actuator/jolokia /jolokia/ /heapdump/ /jmx-console/ /web-console/ /admin-console/ /invoker/jmxinvokerservlet /invoker/ejbinvokerservlet /invoker/readonly
 /manager/html/ /manager/text/ /manager/status/ /host-manager/html /solr/admin /struts2- /struts/utils.js /console/login/loginform.jsp /console/css/%252e /wls-wsat/ /_async/asyncresponseservice
 /axis2/axis2-admin /axis2-admin/ /jenkins/script /script/console /hudson/script /uddiexplorer/ /druid/index.html /druid/websession /nacos/v1/ /seeyon/ /kylin/api 
 /functionrouter/ /env/.. /showcase.action /cmd.jsp/ /shell.jsp/ /jspspy /browser.jsp/ /bsh.servlet /servlet/bsh /jsonws/invoke /api/jsonws/invoke /plugins/servlet/gadgets/makerequest
 /descriptorbyname/ /pages/createpage-entervariables.action /examples/jsp/snp /;/`,
  ),
  ...pieces(
    'php',
    'anywhere',
    `/vendor/phpunit/ /phpunit/ /eval-stdin.php/ /phpinfo.php/ /phpinfo/ /info.php/ /php-info.php/ /test.php/ /shell.php/ /c99.php/ /r57.php/ /wso.php/ /b374k /alfa.php/ /alfacgiapi 
 /cmd.php/ /webshell /upl.php/ /wp-config.php. /wp-config. /wp-config-sample.php/ /wp-config/ /wp-content/debug.log/ /wp-content/plugins/wp-file-manager 
 /wp-content/plugins/revslider /revslider_ /timthumb.php/ /phpmyadmin /pma/ /mysqladmin/ /myadmin/ /adminer /sqladmin/ /dbadmin/ /phppgadmin /_ignition/ /telescope/requests /debug/default/view
 /debugbar/ /_profiler/ /app_dev.php/ /config.php. /configuration.php. /settings.php. /local.xml/ /app/etc/env.php /app/etc/local.xml /storage/logs/laravel.log /laravel.log/ /filemanager/dialog.php /thinkphp /index.php/module/action
 /public/index.php/think /invokefunction /sites/default/settings.php /xmlrpc.php. /php-cgi/ /cgi-bin/php /lol.php/ /1.php/ /x.php/ /wp-22.php/ /.php/ /config.inc.php`,
  ),
  ...pieces(
    'scanner',
    'anywhere',
    `/boaform/ /gponform/ /hnap1/ /setup.cgi/ /cgi-bin/luci /cgi-bin/test /cgi-bin/bash /cgi-bin/sh /cgi-bin/../ /cgi-bin/.%2e /cgi-bin/.% /cgi-bin/viewcert /cgi-bin/jarrewrite.sh /cgi-bin/nas_sharing
 /cgi-mod/ /goform/ /tmunblock.cgi /currentsetting.htm /login.cgi/ /system_api.php /sdk/weblanguage /device.rsp /picdesc.xml /wanipcn.xml /ctrlt/deviceupgrade_1
 /ecp/default /owa/auth/x.js /owa/auth/logon.aspx. /autodiscover/autodiscover.json/@ /mapi/nspi /ews/exchange.asmx/? /remote/fgt_lang /remote/logincheck /dana-na/ /dana/html5acc /vpns/ /vpn/../
 /+cscoe+/ /+cscot+/ /global-protect/ /ssl-vpn/ /tmui/ /mgmt/tm/ /mgmt/shared/authn /hsqldb /server-status/ /server-info/ /nginx_status/ /debug/pprof /debug/vars /_cat/ /_nodes/ /_search/scroll /v1.16/ /v1.24/ /containers/json/
 /api/v1/pods /api/v1/namespaces /web.config/ /web.config. /trace.axd/ /elmah.axd/ /crossdomain.xml. /sftp-config.json/ /docker-compose.yml/ /docker-compose.yaml/ 
 /database.yml/ /credentials.json/ /secrets.json/ /secrets.yml/ /parameters.yml/ /application.properties/ /application.yml/ /appsettings.json/ /config.json. /backup.sql /dump.sql /db.sql /database.sql /mysql.sql /data.sql /users.sql /backup.zip/
 /backup.tar /backup.rar/ /wwwroot. /www.zip/ /www.tar /site.zip/ /htdocs.zip /public_html. /website.zip /sql.gz/ /.bak/ /nmaplowercheck /trinity.txt.bak /nessus /acunetix /wvs_ /netsparker /sqlmap /nikto /robots.txt.bak
 /jndi: /etc/passwd/ /etc/shadow/ /etc/hosts/ /proc/self/ /windows/win.ini /boot.ini /winnt/ /system32/ /bin/sh/ /c:/ `,
  ),
  ...pieces('scanner', 'prefix', `/admin.zip/ /.% /config.bak/ /old.zip/ /wp.zip/ /hello.world/`),
];

/** Extensions of what is left behind by editors and administrators. */
export const leftExtensions = new Set(
  '.bak .old .orig .swp .swo .save .sqlite .sqlite3 .mdb .php~ .bkp .backup .inc .ppk .kdbx .tfstate .tfvars .jsp~ .php_bak .phps'.split(
    ' ',
  ),
);
