import re,sys
home,gui,listen,peer,peeraddr,folder = sys.argv[1:7]
p=f'/tmp/run/{home}/config.xml'; s=open(p).read()
s=s.replace('127.0.0.1:8384',f'127.0.0.1:{gui}')
s=s.replace('<listenAddress>default</listenAddress>',f'<listenAddress>tcp://127.0.0.1:{listen}</listenAddress>')
for k in ('globalAnnounceEnabled','localAnnounceEnabled','relaysEnabled','natEnabled','startBrowser','crashReportingEnabled'):
    s=re.sub(f'<{k}>true</{k}>',f'<{k}>false</{k}>',s)
s=s.replace('<urAccepted>0<','<urAccepted>-1<').replace('<reconnectionIntervalS>60','<reconnectionIntervalS>5').replace('<autoUpgradeIntervalH>12','<autoUpgradeIntervalH>0')
s=re.sub(r'path="/tmp/run/home/Sync"',f'path="{folder}"',s,1)
s=re.sub(r'<folder id="default"(.*?)fsWatcherDelayS="10"',r'<folder id="default"\1fsWatcherDelayS="2"',s,1)
if peer!='-':
    s=s.replace('<minDiskFree',f'<device id="{peer}" introducedBy=""><encryptionPassword></encryptionPassword></device><minDiskFree',1)
    s=re.sub(r'(    <gui )',f'<device id="{peer}" name="peer" compression="metadata" introducer="false" skipIntroductionRemovals="false" introducedBy=""><address>{peeraddr}</address><paused>false</paused></device>\n\\1',s,1)
open(p,'w').write(s)
print(re.search(r'<apikey>(.*?)<',s).group(1), re.search(r'<device id="([A-Z0-9-]+)" name="vm"',s))
