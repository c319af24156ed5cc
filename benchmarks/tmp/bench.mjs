import { spawn, execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
const conf = (sites, routes) => `listen: 127.0.0.1:0\naccessLog: off\nsites:\n` + Array.from({length: sites}, (_, s) => `  s${s}:\n    hosts: [h${s}.example${s===0?', 127.0.0.1':''}]\n    routes:\n` + Array.from({length: routes}, (_, r) => `      - { path: ${r===0?'/':`/r${r}`}, respond: hello }\n`).join('')).join('');
writeFileSync('/tmp/one.yaml', conf(1,1)); writeFileSync('/tmp/many.yaml', conf(1000,10));
async function start(args) { const t=Date.now(); const c = spawn(process.execPath, args, {stdio:['ignore','pipe','inherit']}); let out=''; return await new Promise((res)=>c.stdout.on('data',(d)=>{out+=d; const m=/(?:127\.0\.0\.1:)(\d+)/.exec(out)||/^(\d+)\n/.exec(out); if(m) res({c,port:m[1],ms:Date.now()-t});}));}
const cpu=(pid)=>{const f=readFileSync(`/proc/${pid}/stat`,'utf8').split(') ')[1].split(' ');return (Number(f[11])+Number(f[12]))*10;};
const main='/work/main/apps/front-server/dist/main.js';
const S={ bare: await start(['bare.mjs']), one: await start([main,'run','-c','/tmp/one.yaml']), many: await start([main,'run','-c','/tmp/many.yaml'])};
console.log('ready ms', Object.fromEntries(Object.entries(S).map(([k,v])=>[k,v.ms])));
const res={bare:[],one:[],many:[]};
for(let i=0;i<Number(process.argv[2]??4);i++) for(const k of Object.keys(S)){ const a=cpu(S[k].c.pid); const o=execFileSync('wrk',['-t1','-c64','-d2s',`http://127.0.0.1:${S[k].port}/`]).toString(); const n=Number(/(\d+) requests in/.exec(o)[1]); const v=(cpu(S[k].c.pid)-a)*1000/n; if(i>0) res[k].push(v); }
for(const k in res){ const v=res[k].sort((a,b)=>a-b); console.log(k, 'min',v[0].toFixed(2),'med',v[v.length>>1].toFixed(2)); }
for(const k in S) S[k].c.kill();
